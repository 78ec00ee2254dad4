#include "reconcile/vector_entries.h"

namespace relais::reconcile {

wire::HeadPrefix head_prefix(const crypto::Hash& hash) {
  return *wire::HeadPrefix::from(hash.view().substr(0, wire::HeadPrefix::kSize));
}

Error bad_vector(const char* what) {
  return {ErrorCode::peer_misbehaved, std::string("The other device sent a bad vector: ") + what};
}

AuthorIndex::AuthorIndex(const std::vector<AuthorId>& author_list) {
  std::uint32_t index = 0;
  for (const AuthorId& author : author_list) indices_.emplace(author, ++index);
}

wire::message::LogEntry AuthorIndex::entry(const AuthorId& author, const log::Head& head) const {
  wire::message::LogEntry entry;
  if (const auto found = indices_.find(author); found != indices_.end()) {
    entry.author_index = found->second;
  } else {
    entry.author = author;
  }
  entry.seq = head.seq;
  entry.prefix = head_prefix(head.hash);
  return entry;
}

std::optional<AuthorId> author_of(const wire::message::LogEntry& entry,
                                  const std::vector<AuthorId>& author_list) {
  if (entry.author_index == 0) return entry.author;
  if (entry.author_index > author_list.size()) return std::nullopt;
  return author_list[entry.author_index - 1];
}

}  // namespace relais::reconcile
