#pragma once

#include <map>
#include <set>

#include "access/authors.h"
#include "store/tables/log_table.h"

namespace relais::replica {

class Core;

/// The authors of each device whose seals this replica has met, stored as rows of the log table.
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

/// Whether a device's data logs take nothing more: it has more authors than it may have.
bool is_frozen(const Core& core, const crypto::SigningPublicKey& device);

/// Whether a piece of this log may come in, as far as its device's number of authors goes. The
/// first author beyond the limit is kept by its name, as the proof; those after it aren't kept at
/// all.
Result<bool> may_add_author(Core& core, const log::LogId& log,
                            const crypto::SigningPublicKey& device);

/// Fails: limit_exceeded if this device has used up its authors.
Status check_own_authors(const Core& core);

}  // namespace relais::replica
