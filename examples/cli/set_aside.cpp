#include "set_aside.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "files.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

/// Without a slash at its end: names are put behind it.
std::string place_of(const std::string& folder) {
  std::error_code error;
  fs::path path = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (error) path = folder;
  return (path.has_filename() ? path : path.parent_path()).string();
}

relais::Status move_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0 && sync_folder(folder_of(to))) return {};
  return relais::Error(relais::ErrorCode::store_failed,
                       "The folder " + from + " can't be renamed to " + to + ": " +
                           std::generic_category().message(errno) + ".");
}

}  // namespace

Replacement::Replacement(const std::string& folder)
    : folder_(place_of(folder)), unfinished_(folder_ + ".joining") {}

std::string Replacement::aside(int number) const {
  return folder_ + ".damaged-" + std::to_string(number);
}

relais::Result<std::string> Replacement::finish() const {
  int last = 0;
  while (exists(aside(last + 1))) ++last;
  if (exists(folder_)) {
    ++last;
    if (auto moved = move_durably(folder_, aside(last)); !moved) return moved.error();
  }
  if (auto moved = move_durably(unfinished_, folder_); !moved) return moved.error();
  return last == 0 ? std::string() : aside(last);
}

}  // namespace cli
