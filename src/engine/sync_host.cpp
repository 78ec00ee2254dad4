#include "engine/sync_host.h"

#include <algorithm>

#include "access/certificate.h"
#include "base/check.h"
#include "base/try.h"
#include "engine/mesh_keys.h"
#include "engine/own_commit.h"
#include "store/tables/door.h"

namespace relais::engine {

SyncHost::SyncHost(Core& core, std::vector<OpenInvitation> invitations)
    : core_(core), invitations_(std::move(invitations)) {
  ++core_.open_sessions;
}

SyncHost::~SyncHost() { --core_.open_sessions; }

const access::Membership* SyncHost::membership() { return &core_.control.membership; }

std::vector<AuthorId> SyncHost::author_list() { return core_.control.membership.author_list(); }

int SyncHost::priority(const log::LogId& log) {
  if (log.compartment != core_.control_compartment()) return 0;
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr) return 0;
  if (row->device_key == core_.control.membership.root_key()) return 0;
  const access::Device* device = core_.control.membership.device_of(row->device_key);
  return device == nullptr ? static_cast<int>(access::Level::courier) + 1
                           : static_cast<int>(device->level);
}

reconcile::Heads SyncHost::heads(const CompartmentId& compartment) {
  reconcile::Heads heads;
  for (const auto& [id, row] : core_.logs.rows()) {
    if (id.compartment != compartment || row.head.seq == 0) continue;
    // Each replica applied what it applied of a frozen log: it is in nobody's root.
    const bool data = compartment != core_.control_compartment();
    if (data && is_frozen(core_, row.device_key)) continue;
    heads[id.author] = row.head;
    offered_[id] = row.head.seq;
    signed_places_.erase(id);
  }
  return heads;
}

reconcile::Inventory SyncHost::control_inventory() {
  // What isn't signed can't be offered; a store that takes no more writes offers what it has.
  (void)seal_own_logs(core_);
  const CompartmentId control = core_.control_compartment();
  return {{control, heads(control)}};
}

reconcile::Inventory SyncHost::data_inventory(const DeviceId& peer) {
  (void)seal_own_logs(core_);
  const access::Membership& membership = core_.control.membership;
  reconcile::Inventory inventory;
  for (const access::Compartment& compartment : membership.compartments()) {
    const bool both = membership.may_read(peer, compartment.id) &&
                      membership.may_read(core_.identity.device(), compartment.id);
    if (both) inventory[compartment.id] = heads(compartment.id);
  }
  return inventory;
}

Result<std::vector<Bytes>> SyncHost::seals(const log::LogId& log, std::uint64_t after) {
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr) return std::vector<Bytes>{};
  return store::seals_after(*core_.store, row->no, after);
}

/// Where pieces of the log may end, among what was offered: rising.
Result<const std::vector<std::uint64_t>*> SyncHost::signed_places(const store::LogRow& row,
                                                                  std::uint64_t after) {
  const auto known = signed_places_.find(row.id);
  if (known != signed_places_.end()) return &known->second;
  RELAIS_ASSIGN(const auto seals, store::seals_after(*core_.store, row.no, after));
  std::set<std::uint64_t> places;
  for (const Bytes& bytes : seals) {
    RELAIS_ASSIGN(const wire::Seal seal, wire::decode_seal(bytes));
    RELAIS_ASSIGN(const wire::SealHeader header, wire::decode_seal_header(seal.header));
    for (const wire::SignedHead& head : header.heads) {
      if (head.seq <= offered_[row.id]) places.insert(head.seq);
    }
  }
  return &signed_places_.emplace(row.id, std::vector(places.begin(), places.end())).first->second;
}

/// Adds the blocks after `after`, up to the last of `places` with which the piece stays within
/// `max_bytes`; up to the first in any case. Adds none if that place isn't reached.
Status SyncHost::add_blocks(log::PieceWriter& writer, const store::LogRow& row, std::uint64_t after,
                            std::span<const std::uint64_t> places, std::size_t max_bytes) const {
  const auto cursor = core_.store->scan(store::Family::log, store::block_key(row.no, after + 1),
                                        store::block_key(row.no, places.back() + 1));
  auto place = places.begin();
  log::PieceWriter::Mark signed_end = writer.mark();
  std::uint64_t seq = after;
  for (; cursor->valid() && place != places.end(); cursor->next()) {
    if (store::seq_of(cursor->key()) != ++seq) break;
    RELAIS_ASSIGN(const auto stored, store::decode_block(cursor->value()));
    const Bytes* run = core_.logs.run(row.no, seq);
    if (run == nullptr) break;
    if (signed_end.size != 0 && writer.size() + stored.block.size() > max_bytes) break;
    writer.add({stored.transaction_end, stored.block}, *run);
    if (seq != *place) continue;
    signed_end = writer.mark();
    ++place;
  }
  writer.cut(signed_end);
  return cursor->status();
}

Result<std::optional<log::Piece>> SyncHost::read(const log::LogId& log, std::uint64_t after,
                                                 std::size_t max_bytes) {
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr) return std::optional<log::Piece>{};
  RELAIS_ASSIGN(const auto* places, signed_places(*row, after));
  const auto first = std::upper_bound(places->begin(), places->end(), after);
  if (first == places->end()) return std::optional<log::Piece>{};

  log::PieceWriter writer(log, after + 1);
  RELAIS_TRY(add_blocks(writer, *row, after, {first, places->end()}, max_bytes));
  if (writer.size() != 0) return std::optional(std::move(writer).finish());
  return Error(ErrorCode::store_corrupt, "A part of a log is missing in the store.");
}

Result<peer::Host::Fate> SyncHost::store(log::VerifiedPiece piece,
                                         const std::vector<Bytes>& seals) {
  std::vector<Bytes> fresh;
  for (const Bytes& seal : seals) {
    if (stored_seals_.insert(crypto::hash("seal", {seal})).second) fresh.push_back(seal);
  }
  return take_in(core_, std::move(piece), fresh);
}

Status SyncHost::make_durable() {
  // The disk takes its time: others may read and write meanwhile.
  core_.mutex.unlock();
  Status synced = core_.store->sync();
  core_.mutex.lock();
  if (!synced) core_.stop();
  return synced;
}

void SyncHost::report_fork(const log::LogId&) {}  // the peer's report names it

Result<Bytes> SyncHost::admit(const access::JoinRequest& request, std::size_t invitation) {
  RELAIS_CHECK(invitation < invitations_.size());
  RELAIS_ASSIGN(Bytes certificate, engine::admit(core_, request, invitations_[invitation]));
  joined_ = log::device_id(request.signing_key);
  return certificate;
}

Result<peer::SyncConfig> sync_config(const Core& core) {
  RELAIS_ASSIGN(Bytes chain,
                access::certificate_chain(core.control.membership, core.identity.device()));
  // Where all keys are closed, who is called takes the newest for an old one, and proves itself.
  MeshKeys keys = mesh_keys(core);
  if (keys.current.empty()) keys.current = std::move(keys.old);
  if (keys.current.empty())
    return Error(ErrorCode::not_authorised, "This device has no key of the space's mesh.");
  return peer::SyncConfig{core.identity.space, core.identity.keys.noise, std::move(chain),
                          keys.current.front()};
}

Result<peer::ServeConfig> serve_config(const Core& core,
                                       const std::vector<OpenInvitation>& invitations) {
  RELAIS_ASSIGN(Bytes chain,
                access::certificate_chain(core.control.membership, core.identity.device()));
  peer::ServeConfig config{core.identity.space,
                           core.identity.keys.noise,
                           std::move(chain),
                           core.identity.first_record,
                           {},
                           {},
                           {},
                           {}};
  MeshKeys keys = mesh_keys(core);
  config.mesh_keys = std::move(keys.current);
  config.old_mesh_keys = std::move(keys.old);
  config.signing = core.identity.keys.signing.secret_key;
  for (const OpenInvitation& open : invitations) {
    config.invitations.push_back(access::invitation_psk(open.invitation));
  }
  return config;
}

}  // namespace relais::engine
