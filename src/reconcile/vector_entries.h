#pragma once

#include <optional>
#include <vector>

#include "reconcile/inventory.h"

/// Authors in vector entries, in full or by index. Inside src/reconcile only.
namespace relais::reconcile {

wire::HeadPrefix head_prefix(const crypto::Hash& hash);

Error bad_vector(const char* what);

/// Makes entries; looks each author up once.
class AuthorIndex {
 public:
  explicit AuthorIndex(const std::vector<AuthorId>& author_list);
  wire::message::LogEntry entry(const AuthorId& author, const log::Head& head) const;

 private:
  std::map<AuthorId, std::uint32_t> indices_;  // from 1; 0 means in full
};

/// Nothing if the index is out of range.
std::optional<AuthorId> author_of(const wire::message::LogEntry& entry,
                                  const std::vector<AuthorId>& author_list);

}  // namespace relais::reconcile
