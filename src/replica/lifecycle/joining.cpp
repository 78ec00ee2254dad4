#include "replica/lifecycle/joining.h"

#include <set>

#include "access/gate.h"
#include "base/try.h"
#include "store/tables/log_append.h"
#include "store/tables/seals.h"

namespace relais::replica {
namespace {

using store::Durability;

Status find_first_record(JoinDelegate& delegate, Identity& identity) {
  for (const JoinDelegate::Arrived& arrived : delegate.arrived()) {
    if (arrived.piece.before().seq != 0) continue;
    const Bytes record(arrived.piece.item(0).block);
    if (access::space_id(record) != identity.space) continue;
    identity.first_record = record;
    return {};
  }
  return Error(ErrorCode::corrupt,
               "The inviter's records don't begin with the space's first record.");
}

Result<access::Membership> derive(JoinDelegate& delegate, const Identity& identity) {
  std::map<AuthorId, crypto::SigningPublicKey> authors;
  std::vector<access::LocatedRecord> records;
  for (const JoinDelegate::Arrived& arrived : delegate.arrived()) {
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

/// Whether the heads in a piece's seals match the received log, up to the piece.
bool seals_agree(const std::vector<JoinDelegate::Arrived>& arrived,
                 const JoinDelegate::Arrived& with) {
  for (const Bytes& bytes : with.seals) {
    const auto seal = wire::decode_seal(bytes);
    if (!seal) return false;
    for (const log::SignedHead& head : seal->header.heads) {
      for (const JoinDelegate::Arrived& other : arrived) {
        const log::VerifiedPiece& piece = other.piece;
        if (piece.log() != with.piece.log() || head.seq < piece.before().seq) continue;
        if (head.seq >= piece.after().seq) continue;
        const auto index = static_cast<std::size_t>(head.seq - piece.before().seq);
        if (piece.item(index).before != head.hash) return false;
      }
    }
  }
  return true;
}

/// The end of each log: before the first piece whose seals contradict it.
std::map<log::LogId, std::uint64_t> sound_ends(const std::vector<JoinDelegate::Arrived>& arrived) {
  std::map<log::LogId, std::uint64_t> ends;
  std::set<log::LogId> over;
  for (const JoinDelegate::Arrived& one : arrived) {
    const log::LogId& id = one.piece.log();
    std::uint64_t& end = ends[id];
    if (!seals_agree(arrived, one)) over.insert(id);
    if (!over.contains(id)) end = one.piece.after().seq;
  }
  return ends;
}

}  // namespace

Result<Identity> begin_joining(store::Store& store, const Environment& environment,
                               const Bytes& marker, const SpaceId& space,
                               const std::string& device_name) {
  Identity identity;
  store::Batch batch;
  if (!device_name.empty()) {
    batch.put(store::Family::meta, store::meta_key(store::meta::kGivenName), device_name);
  }
  RELAIS_ASSIGN(const auto known,
                store.get(store::Family::meta, store::meta_key(store::meta::kIdentity)));
  if (known) {
    RELAIS_ASSIGN(identity, load_identity(store));
    if (identity.stage != Identity::Stage::joining) {
      return Error(ErrorCode::already_exists, "This device is a member of a space already.");
    }
  }
  if (!known || identity.space != space) {
    identity.stage = Identity::Stage::joining;
    identity.space = space;
    identity.keys = access::make_device_keys(environment.random);
    identity.instance = environment.random.draw<log::Instance>();
    identity.marker = marker;
    save(batch, identity);
  }
  RELAIS_TRY(store.commit(batch, Durability::synced));
  return identity;
}

Status finish_joining(store::Store& store, JoinDelegate& delegate, Identity identity) {
  RELAIS_TRY(find_first_record(delegate, identity));
  RELAIS_ASSIGN(const auto membership, derive(delegate, identity));
  if (membership.device(identity.device()) == nullptr) {
    return Error(ErrorCode::corrupt, "The inviter's records don't admit this device.");
  }
  const access::Gate gate(membership);
  store::LogTable logs;
  store::Commit commit(logs);
  const std::map<log::LogId, std::uint64_t> ends = sound_ends(delegate.arrived());
  for (JoinDelegate::Arrived& arrived : delegate.arrived()) {
    const log::LogId id = arrived.piece.log();
    if (arrived.piece.after().seq > ends.at(id)) continue;
    const log::Head genesis = log::genesis(identity.space, id);
    access::Verdict verdict = gate.judge_control(std::move(arrived.piece));
    const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict);
    if (admitted == nullptr) continue;  // received again by a later sync
    RELAIS_ASSIGN(const auto row, store::append_control(commit, genesis, *admitted));
    RELAIS_TRY(store::add_seals(commit, store, row.no, nullptr, arrived.seals, true));
  }
  identity.stage = Identity::Stage::member;
  save(commit.batch(), identity);
  return commit.write(store, Durability::synced);
}

}  // namespace relais::replica
