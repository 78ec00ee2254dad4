#include "replica/known_authors.h"

#include "base/try.h"
#include "replica/core.h"
#include "replica/projection/work.h"

namespace relais::replica {

using access::AuthorsStanding;

KnownAuthors::KnownAuthors(const store::LogTable& logs) {
  for (const auto& [id, row] : logs.rows()) add(row.device_key, id.author);
}

void KnownAuthors::add(const crypto::SigningPublicKey& device, const AuthorId& author) {
  all_[device].insert(author);
}

bool KnownAuthors::knows(const crypto::SigningPublicKey& device, const AuthorId& author) const {
  const auto of_device = all_.find(device);
  return of_device != all_.end() && of_device->second.contains(author);
}

std::size_t KnownAuthors::count(const crypto::SigningPublicKey& device) const {
  const auto of_device = all_.find(device);
  return of_device == all_.end() ? 0 : of_device->second.size();
}

namespace {

AuthorsStanding standing(const Core& core, const crypto::SigningPublicKey& device,
                         std::size_t more) {
  return access::authors_standing(core.control.membership, device,
                                  core.authors.count(device) + more);
}

}  // namespace

bool is_frozen(const Core& core, const crypto::SigningPublicKey& device) {
  return standing(core, device, 0) == AuthorsStanding::too_many;
}

Result<bool> may_add_author(Core& core, const log::LogId& log,
                            const crypto::SigningPublicKey& device) {
  const bool control = log.compartment == core.control_compartment();
  if (core.authors.knows(device, log.author)) return control || !is_frozen(core, device);
  if (standing(core, device, 1) != AuthorsStanding::too_many) return true;
  if (is_frozen(core, device)) return false;
  store::Commit commit(core.logs);
  commit.intern(log, device, core.genesis(log));
  RELAIS_TRY(core.commit(commit, store::Durability::buffered, {}));
  core.authors.add(device, log.author);
  if (control) RELAIS_TRY(core.refresh_control());
  RELAIS_TRY(judge_positions_again(core));
  return false;
}

Status check_own_authors(const Core& core) {
  const crypto::SigningPublicKey& self = core.identity.keys.signing.public_key;
  const bool known = core.authors.knows(self, core.identity.author());
  if (standing(core, self, known ? 0 : 1) != AuthorsStanding::too_many) return {};
  return Error(ErrorCode::limit_exceeded,
               "This device was restored or copied too often to write any more: let it join "
               "the space again as a new device.",
               Retry::after_user_acts);
}

}  // namespace relais::replica
