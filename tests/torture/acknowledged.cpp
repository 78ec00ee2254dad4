#include "torture/acknowledged.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/check.h"

namespace relais::torture {

Acknowledged::Acknowledged(std::string path) {
  std::ifstream in(path, std::ios::binary);
  std::string all{std::istreambuf_iterator<char>(in), {}};
  all.resize(all.rfind('\n') + 1);  // npos + 1 is 0
  if (in.is_open()) RELAIS_CHECK(::truncate(path.c_str(), static_cast<off_t>(all.size())) == 0);
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  RELAIS_CHECK(file_ >= 0);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at);
    take(all.substr(at, end - at));
    at = end + 1;
  }
}

Acknowledged::~Acknowledged() { ::close(file_); }

void Acknowledged::doc(const std::string& id, std::uint64_t number) {
  pending_ += "doc " + id + " " + std::to_string(number) + "\n";
}

void Acknowledged::head(const std::string& compartment, const std::string& author,
                        std::uint64_t seq, const std::string& hash) {
  const auto known = heads_.find({compartment, author, seq});
  if (known != heads_.end() && known->second == hash) return;
  pending_ += "head " + compartment + " " + author + " " + std::to_string(seq) + " " + hash + "\n";
}

void Acknowledged::append(const std::string& lines) {
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    take(lines.substr(at, end - at));
    at = end + 1;
  }
  RELAIS_CHECK(::write(file_, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size()));
}

void Acknowledged::take(const std::string& line) {
  std::istringstream words(line);
  std::string kind, first, author, hash;
  std::uint64_t number = 0;
  words >> kind;
  if (kind == "made") {
    made_ = true;
  } else if (kind == "try" && words >> number) {
    tried_ = std::max(tried_, number);
  } else if (kind == "doc" && words >> first >> number) {
    docs_[first] = std::max(docs_[first], number);
  } else if (kind == "head" && words >> first >> author >> number >> hash) {
    const auto [known, is_new] = heads_.try_emplace({first, author, number}, hash);
    if (!is_new && known->second != hash) ++contradictions_;
  }
}

}  // namespace relais::torture
