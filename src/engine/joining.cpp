#include "engine/joining.h"

#include "access/gate.h"
#include "access/invitation.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/join_host.h"
#include "engine/meeting.h"
#include "link/tcp/tcp.h"
#include "store/tables/door.h"

namespace relais::engine {
namespace {

using store::Durability;

/// The identity of a join begun before, or a fresh one; stored either way.
Result<Identity> begin(store::Store& store, const Environment& environment, const Bytes& marker,
                       const SpaceId& space) {
  Identity identity;
  RELAIS_ASSIGN(const auto known, store.get(store::Family::meta, store::meta_key(store::meta::kIdentity)));
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

/// Meets the inviter, in a loop of its own.
Result<peer::Report> meet(JoinHost& host, const Environment& environment, const Identity& identity,
                          const access::Invitation& invitation, const link::Address& address) {
  runtime::AsioLoop loop(runtime::Threading::manual);
  std::mutex guard;
  std::unique_ptr<Meeting> meeting;
  std::optional<Result<peer::Report>> ended;
  const auto attempt = link::tcp::connect(
      loop.io(), address, limits::kConnectTime, [&](Result<std::unique_ptr<link::Link>> link) {
        if (!link) {
          ended.emplace(std::move(link).error());
          return;
        }
        meeting = std::make_unique<Meeting>(loop, guard, std::move(*link));
        peer::JoinConfig config{identity.space, identity.keys, access::invitation_psk(invitation)};
        auto peer = std::make_unique<peer::Peer>(
            peer::Peer::join(std::move(config), host, environment.random, loop.now()));
        meeting->start(std::move(peer), [&](Result<peer::Report> result) { ended.emplace(std::move(result)); });
      });
  while (!ended) loop.poll_for(Duration(100));
  meeting.reset();
  return std::move(*ended);
}

Status find_first_record(JoinHost& host, Identity& identity) {
  for (const JoinHost::Arrived& arrived : host.arrived()) {
    if (arrived.piece.before().seq != 0) continue;
    const Bytes record(arrived.piece.item(0).block);
    if (access::space_id(record) != identity.space) continue;
    identity.first_record = record;
    return {};
  }
  return Error(ErrorCode::corrupt, "What the inviter sent doesn't begin with the space's first record.");
}

Result<access::Membership> derive(JoinHost& host, const Identity& identity) {
  std::map<AuthorId, crypto::SigningPublicKey> authors;
  std::vector<access::PlacedRecord> records;
  for (const JoinHost::Arrived& arrived : host.arrived()) {
    const AuthorId& author = arrived.piece.log().author;
    authors[author] = arrived.piece.device_key();
    for (std::size_t i = 0; i < arrived.piece.size(); ++i) {
      const auto item = arrived.piece.item(i);
      auto record = wire::decode_control_record(item.block);
      records.push_back({author, item.seq, record ? std::move(record).value() : wire::record::Unknown{}});
    }
  }
  return access::Membership::derive(identity.space, identity.first_record, authors, records);
}

/// All of it in one commit: a device is a member with its membership, or not yet.
Status become_member(store::Store& store, JoinHost& host, Identity identity) {
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
    logs.intern_compartment(batch, id.compartment);
    RELAIS_TRY(store::append(batch, logs, genesis, *admitted, arrived.seals));
    store::LogRow row = *logs.find(id);
    row.opened = row.head.seq;
    logs.update(batch, row);
  }
  identity.stage = Identity::Stage::member;
  save(batch, identity);
  return store.commit(batch, Durability::synced);
}

}  // namespace

Status check_invitation(std::string_view text) {
  const auto parsed = access::parse_invitation(text);
  if (!parsed) return parsed.error();
  return {};
}

Status join_space(store::Store& store, const Environment& environment, const Bytes& marker,
                  std::string_view text, const link::Address& address) {
  RELAIS_ASSIGN(const auto invitation, access::parse_invitation(text));
  RELAIS_ASSIGN(Identity identity, begin(store, environment, marker, invitation.space));
  JoinHost host(identity.space);
  auto met = meet(host, environment, identity, invitation, address);
  if (!met) {
    const ErrorCode code = met.error().code();
    const bool refused = code == ErrorCode::handshake_failed || code == ErrorCode::not_authorised;
    if (!refused) return std::move(met).error();
    return Error(ErrorCode::invitation_refused,
                 "The other device refused the invitation: it may be wrong, used or expired. Ask for a new one.");
  }
  return become_member(store, host, std::move(identity));
}

}  // namespace relais::engine
