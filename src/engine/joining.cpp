#include "engine/joining.h"

#include "access/gate.h"
#include "base/try.h"
#include "store/tables/door.h"

namespace relais::engine {
namespace {

using store::Durability;

Status find_first_record(JoinHost& host, Identity& identity) {
  for (const JoinHost::Arrived& arrived : host.arrived()) {
    if (arrived.piece.before().seq != 0) continue;
    const Bytes record(arrived.piece.item(0).block);
    if (access::space_id(record) != identity.space) continue;
    identity.first_record = record;
    return {};
  }
  return Error(ErrorCode::corrupt,
               "What the inviter sent doesn't begin with the space's first record.");
}

Result<access::Membership> derive(JoinHost& host, const Identity& identity) {
  std::map<AuthorId, crypto::SigningPublicKey> authors;
  std::vector<access::PlacedRecord> records;
  for (const JoinHost::Arrived& arrived : host.arrived()) {
    const AuthorId& author = arrived.piece.log().author;
    authors[author] = arrived.piece.device_key();
    for (std::size_t i = 0; i < arrived.piece.size(); ++i) {
      const auto item = arrived.piece.item(i);
      const bool last = i + 1 == arrived.piece.size();
      const crypto::Hash& hash =
          last ? arrived.piece.after().hash : arrived.piece.item(i + 1).before;
      records.push_back(access::read_record(author, item.seq, hash, item.block));
    }
  }
  return access::Membership::derive(identity.space, identity.first_record, authors, records);
}

}  // namespace

Result<Identity> begin_joining(store::Store& store, const Environment& environment,
                               const Bytes& marker, const SpaceId& space) {
  Identity identity;
  RELAIS_ASSIGN(const auto known,
                store.get(store::Family::meta, store::meta_key(store::meta::kIdentity)));
  if (known) {
    RELAIS_ASSIGN(identity, load_identity(store));
    if (identity.stage != Identity::Stage::joining) {
      return Error(ErrorCode::already_exists, "This device is a member of a space already.");
    }
    if (identity.space == space) return identity;
  }
  identity.stage = Identity::Stage::joining;
  identity.space = space;
  identity.keys = access::make_device_keys(environment.random);
  identity.instance = environment.random.draw<log::Instance>();
  identity.marker = marker;
  store::Batch batch;
  save(batch, identity);
  RELAIS_TRY(store.commit(batch, Durability::synced));
  return identity;
}

Status finish_joining(store::Store& store, JoinHost& host, Identity identity) {
  RELAIS_TRY(find_first_record(host, identity));
  RELAIS_ASSIGN(const auto membership, derive(host, identity));
  if (membership.device(identity.device()) == nullptr) {
    return Error(ErrorCode::corrupt, "The inviter's membership doesn't name this device.");
  }
  const access::Gate gate(membership);
  store::Batch batch;
  store::LogTable logs;
  for (JoinHost::Arrived& arrived : host.arrived()) {
    const log::LogId id = arrived.piece.log();
    const log::Head genesis = log::genesis(identity.space, id);
    access::Verdict verdict = gate.judge_control(std::move(arrived.piece));
    const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict);
    if (admitted == nullptr) continue;  // a later sync brings it again
    RELAIS_ASSIGN(const auto row, store::append_control(batch, logs, genesis, *admitted));
    for (const Bytes& seal : arrived.seals) {
      RELAIS_TRY(store::add_seal(store, batch, logs, row.no, seal, true));
    }
  }
  identity.stage = Identity::Stage::member;
  save(batch, identity);
  return store.commit(batch, Durability::synced);
}

}  // namespace relais::engine
