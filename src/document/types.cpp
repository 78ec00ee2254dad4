#include "document/types.h"

#include <algorithm>

#include "base/limits.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

constexpr std::int64_t kMaxMs = (std::int64_t{1} << 48) - 1;
constexpr std::int64_t kToleratedAheadMs = 24 * 60 * 60 * 1000;

template <class Entries>
auto find(Entries& entries, const AuthorId& author) {
  return std::lower_bound(
      entries.begin(), entries.end(), author,
      [](const Position& entry, const AuthorId& id) { return entry.author < id; });
}

bool is_plain(std::string_view text, std::size_t limit) {
  if (text.empty() || text.size() > limit || !is_utf8(text)) return false;
  return std::none_of(text.begin(), text.end(), is_control);
}

bool is_name(std::string_view name, std::size_t limit) {
  return is_plain(name, limit) && name.find('/') == std::string_view::npos;
}

}  // namespace

std::uint64_t Context::last(const AuthorId& author) const {
  const auto at = find(entries_, author);
  return at != entries_.end() && at->author == author ? at->seq : 0;
}

void Context::except(const Position& position) {
  const auto at = std::lower_bound(exceptions_.begin(), exceptions_.end(), position);
  if (at == exceptions_.end() || *at != position) exceptions_.insert(at, position);
}

bool Context::is_exception(const Position& position) const {
  return std::binary_search(exceptions_.begin(), exceptions_.end(), position);
}

bool Context::covers(const Context& other) const {
  return std::all_of(other.entries_.begin(), other.entries_.end(),
                     [this](const Position& entry) { return covers(entry.author, entry.seq); });
}

void Context::advance(const AuthorId& author, std::uint64_t seq) {
  if (seq == 0) return;
  const auto at = find(entries_, author);
  if (at != entries_.end() && at->author == author) {
    at->seq = std::max(at->seq, seq);
  } else {
    entries_.insert(at, Position{author, seq});
  }
}

Status check_address(const Address& address) {
  if (!is_name(address.collection, limits::kCollectionBytes)) {
    return Error(ErrorCode::invalid_argument,
                 "A collection's name must be 1 to " + std::to_string(limits::kCollectionBytes) +
                     " bytes of UTF-8 without '/' or control characters.");
  }
  if (!is_name(address.id, limits::kDocumentIdBytes)) {
    return Error(ErrorCode::invalid_argument,
                 "A document's id must be 1 to " + std::to_string(limits::kDocumentIdBytes) +
                     " bytes of UTF-8 without '/' or control characters.");
  }
  return {};
}

Status check_user(std::string_view user) {
  if (is_plain(user, limits::kUserBytes)) return {};
  return Error(ErrorCode::invalid_argument, "A user's label must be 1 to " +
                                                std::to_string(limits::kUserBytes) +
                                                " bytes of UTF-8 without control characters.");
}

Stamp tick(Stamp last, WallTime now) {
  const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(now.ms, 0, kMaxMs));
  return {std::max(ms << 16, last.bits == ~std::uint64_t{0} ? last.bits : last.bits + 1)};
}

WriteTime write_time(Stamp stamp, WallTime now) {
  return {stamp, std::clamp(now.ms, -kMaxMs, kMaxMs) - stamp.wall().ms};
}

Stamp observe(Stamp last, Stamp other, WallTime now) {
  if (other.wall().ms - kToleratedAheadMs > now.ms) return last;
  return std::max(last, other);
}

}  // namespace relais::document
