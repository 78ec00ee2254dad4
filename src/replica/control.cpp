#include "replica/control.h"

#include "base/try.h"

namespace relais::replica {
namespace {

Status read_records(const store::Reads& store, const store::LogRow& row,
                    std::vector<access::LocatedRecord>& records) {
  const auto cursor = store.scan(store::Family::log, store::block_key(row.no, 1),
                                 store::block_key(row.no, row.head.seq + 1));
  access::LocatedRecord* last = nullptr;  // its hash is stored with the next block
  for (; cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(const store::StoredBlock stored, store::decode_block(cursor->value()));
    if (last != nullptr) last->hash = stored.before;
    records.push_back(
        access::read_record(row.id.author, store::seq_of(cursor->key()), {}, stored.block));
    last = &records.back();
  }
  if (last != nullptr) last->hash = row.head.hash;
  return cursor->status();
}

}  // namespace

Result<Control> derive_control(const store::Reads& store, const store::LogTable& logs,
                               const Identity& identity) {
  const CompartmentId control = log::control_compartment(identity.space);
  std::map<AuthorId, crypto::SigningPublicKey> authors;
  std::vector<access::LocatedRecord> records;
  for (const auto& [id, row] : logs.rows()) {
    if (id.compartment != control) continue;
    authors[id.author] = row.device_key;
    RELAIS_TRY(read_records(store, row, records));
  }
  RELAIS_ASSIGN(auto membership, access::Membership::derive(identity.space, identity.first_record,
                                                            authors, records));
  auto keyring = access::Keyring::open(membership, identity.device(), identity.keys.receiving);
  return Control{std::move(membership), std::move(keyring)};
}

}  // namespace relais::replica
