#pragma once

#include <map>
#include <set>

#include "access/authors.h"
#include "store/tables/log_table.h"

namespace relais::replica {

class Core;

/// The known authors of each device (docs/spec/projection.md), stored as rows of the log table.
/// Threads: one at a time.
class KnownAuthors {
 public:
  explicit KnownAuthors(const store::LogTable& logs);

  void add(const crypto::SigningPublicKey& device, const AuthorId& author);
  bool knows(const crypto::SigningPublicKey& device, const AuthorId& author) const;
  std::size_t count(const crypto::SigningPublicKey& device) const;
  const std::map<crypto::SigningPublicKey, std::set<AuthorId>>& all() const { return all_; }

 private:
  std::map<crypto::SigningPublicKey, std::set<AuthorId>> all_;
};

/// Whether the device has too many authors, so its data logs are frozen.
bool is_frozen(const Core& core, const crypto::SigningPublicKey& device);

/// Whether the device's number of authors permits a piece of this log. The first author beyond the
/// limit is recorded as the proof, those after it aren't. Fails: as Core::commit.
Result<bool> may_add_author(Core& core, const log::LogId& log,
                            const crypto::SigningPublicKey& device);

/// Fails: limit_exceeded if this device has too many authors.
Status check_own_authors(const Core& core);

}  // namespace relais::replica
