#include "support/power_loss.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace relais::testing {
namespace {

/// "log" of 000012.log, "MANIFEST" of MANIFEST-000004: numbers depend on RocksDB's threads.
std::string kind_of(const std::string& path) {
  std::string name = path.substr(path.find_last_of('/') + 1);
  std::erase_if(name, [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; });
  return name;
}

/// Fills the end of a file with zeros or noise, as much as was lost.
void fill_up(const std::string& path, std::uint64_t size, bool noise, Chance& chance) {
  std::string instead(size, '\0');
  if (noise) chance.fill(reinterpret_cast<std::uint8_t*>(instead.data()), instead.size());
  const int out = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (out < 0) return;
  if (::write(out, instead.data(), instead.size()) < 0) ::perror("zeros in a lost tail");
  ::close(out);
}

}  // namespace

void PowerLoss::in_copy(std::string from, std::string to) {
  from_ = std::move(from);
  to_ = std::move(to);
}

std::string PowerLoss::copy_of(const std::string& path) const {
  if (path.empty() || !path.starts_with(from_)) return path;
  return to_ + path.substr(from_.size());
}

void PowerLoss::lose_tail(const WrittenFile& file) {
  if (file.size <= file.durable || file.path.empty()) return;
  Chance chance = chance_.split(kind_of(file.path) + std::to_string(files_++));
  const std::string path = copy_of(file.path);
  const std::uint64_t tail = file.size - file.durable;
  const bool only_cut_short = !manifest_lies_ && path.find("/MANIFEST-") != std::string::npos;
  const std::uint64_t outcome = chance.below(only_cut_short ? 3 : 5);
  if (outcome == 0) return;  // everything was written
  // Lost from here on; the file then ends here or keeps its length.
  const std::uint64_t from = file.durable + (outcome == 1 ? 0 : chance.below(tail + 1));
  if (::truncate(path.c_str(), static_cast<off_t>(from)) != 0) return;
  losses_.bytes += file.size - from;
  if (outcome <= 2) return;
  ++losses_.written_over;
  fill_up(path, file.size - from, outcome == 4, chance);
}

void PowerLoss::undo(const std::vector<NameChange>& of_a_folder) {
  Chance chance = chance_.split("names" + std::to_string(files_++));
  const std::size_t kept = chance.below(of_a_folder.size() + 1);
  for (std::size_t i = of_a_folder.size(); i > kept; --i) undo_one(of_a_folder[i - 1]);
}

void PowerLoss::undo_one(const NameChange& change) {
  ++losses_.names;
  const std::string path = copy_of(change.path);
  if (change.operation == Operation::rename) {
    ::rename(path.c_str(), copy_of(change.from).c_str());
  } else if (change.operation == Operation::create) {
    ::unlink(path.c_str());
  }
  if (!change.kept.empty()) ::rename(copy_of(change.kept).c_str(), path.c_str());
}

}  // namespace relais::testing
