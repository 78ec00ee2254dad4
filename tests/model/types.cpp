#include "model/types.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace relais::model {

Path path_of(const std::string& names) {
  Path path;
  for (const char name : names) path.push_back({name, {}});
  return path;
}

bool below(const Path& path, const Path& top) {
  return path.size() >= top.size() && std::equal(top.begin(), top.end(), path.begin());
}

Path with(Path path, const Step& step) {
  path.push_back(step);
  return path;
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "The model of documents: %s.\n", what);
  std::abort();
}

}  // namespace relais::model
