#include "engine/sync/replica_delegate.h"

#include <algorithm>

#include "access/certificate.h"
#include "access/key_sharing.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/sync/fork_search.h"
#include "replica/mesh_keys.h"
#include "replica/write/own_commit.h"
#include "store/tables/peer_memory.h"
#include "store/tables/seals.h"

namespace relais::engine {
namespace {

Error not_held() {
  return Error(ErrorCode::store_corrupt, "A part of a log is missing in the store.");
}

}  // namespace

ReplicaDelegate::ReplicaDelegate(replica::Core& core,
                                 std::vector<replica::OpenInvitation> invitations)
    : core_(core), invitations_(std::move(invitations)) {
  ++core_.open_sessions;
}

ReplicaDelegate::~ReplicaDelegate() { --core_.open_sessions; }

const access::Membership* ReplicaDelegate::membership() { return &core_.control.membership; }

int ReplicaDelegate::priority(const log::LogId& log) {
  if (log.compartment != core_.control_compartment()) return 0;
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr) return 0;
  if (row->device_key == core_.control.membership.root_key()) return 0;
  const access::Device* device = core_.control.membership.device_of(row->device_key);
  return device == nullptr ? static_cast<int>(access::Level::courier) + 1
                           : static_cast<int>(device->level);
}

// If the searches can't be read, only the proof of a fork is delayed.
void ReplicaDelegate::begin_session(const DeviceId& peer) {
  if (std::exchange(peer_, peer) == peer) return;  // another stage
  auto contested = take_due_fork_searches(core_, peer);
  searches_ = contested ? std::move(*contested) : std::map<log::LogId, log::Head>();
}

reconcile::Heads ReplicaDelegate::heads(const CompartmentId& compartment) {
  reconcile::Heads heads;
  for (const auto& [id, row] : core_.logs.rows()) {
    if (id.compartment != compartment || row.head.seq == 0) continue;
    // Replicas may hold different ends of a frozen log, so it isn't part of a root.
    const bool data = compartment != core_.control_compartment();
    if (data && replica::is_frozen(core_, row.device_key)) continue;
    const auto contested = searches_.find(id);
    log::Head head = contested == searches_.end() ? row.head : contested->second;
    if (is_forked(id)) head = reconcile::of_forked_log(head);
    if (head.seq != 0) heads[id.author] = head;
    offered_[id] = head.seq;
    signed_positions_.erase(id);
  }
  return heads;
}

reconcile::Inventory ReplicaDelegate::control_inventory(const DeviceId& peer) {
  begin_session(peer);
  // Only signed changes can be sent. If sealing fails, those signed before are still offered.
  (void)replica::seal_own_logs(core_);
  const CompartmentId control = core_.control_compartment();
  return {{control, heads(control)}};
}

reconcile::Inventory ReplicaDelegate::data_inventory(const DeviceId& peer) {
  (void)replica::seal_own_logs(core_);
  const access::Membership& membership = core_.control.membership;
  reconcile::Inventory inventory;
  std::erase_if(offered_, [&](const auto& offered) {
    return offered.first.compartment != core_.control_compartment();
  });
  for (const access::Compartment& compartment : membership.compartments()) {
    const bool both = membership.may_read(peer, compartment.id) &&
                      membership.may_read(core_.identity.device(), compartment.id);
    if (both) inventory[compartment.id] = heads(compartment.id);
  }
  // Frozen logs leave the inventory without having grown.
  Bytes shared;
  for (const auto& [compartment, heads] : inventory) shared.append(compartment.view());
  Bytes frozen;
  for (const auto& [id, row] : core_.logs.rows()) {
    if (replica::is_frozen(core_, row.device_key)) frozen.append(id.author.view());
  }
  shared_ = crypto::hash("shared", {shared, frozen});
  return inventory;
}

// With a search for a fork under way, the inventory isn't what the logs hold.
std::optional<peer::SyncDelegate::Memory> ReplicaDelegate::memory(const DeviceId& peer) {
  if (!searches_.empty()) return std::nullopt;
  const auto kept = store::find_peer_memory(*core_.store, peer);
  if (!kept || !*kept) return std::nullopt;
  const BytesView shared = BytesView((*kept)->checkpoint).substr(reconcile::Checkpoint::kSize);
  const auto checkpoint =
      reconcile::Checkpoint::from((*kept)->checkpoint.substr(0, reconcile::Checkpoint::kSize));
  if (!checkpoint || shared != shared_.view().substr(0, shared.size())) return std::nullopt;
  const auto grown = store::grown_since(*core_.store, **kept);
  if (!grown) return std::nullopt;
  Memory memory{*checkpoint, {}};
  for (const auto& [no, base] : *grown) {
    const store::LogRow* row = core_.logs.find(no);
    if (row == nullptr || row->id.compartment == core_.control_compartment()) continue;
    const auto offered = offered_.find(row->id);
    if (offered != offered_.end() && offered->second > base) memory.changed[row->id] = base;
  }
  return memory;
}

// What can't be kept is compared again at the next sync.
void ReplicaDelegate::remember(const DeviceId& peer, const reconcile::Checkpoint& checkpoint,
                               const reconcile::Inventory& data) {
  store::PeerMemory memory;
  memory.checkpoint.append(checkpoint.view())
      .append(shared_.view().substr(0, limits::kCheckpointBytes - reconcile::Checkpoint::kSize));
  for (const auto& [log, row] : core_.logs.rows()) {
    const bool counts =
        data.contains(log.compartment) && !replica::is_frozen(core_, row.device_key);
    if (!counts) continue;
    const std::uint64_t end = reconcile::head_of(data, log).seq;
    if (row.head.seq != end) memory.ends[row.no] = end;
  }
  store::Commit commit(core_.logs);
  if (!store::remember_peer(commit, *core_.store, peer, std::move(memory))) return;
  if (!commit.batch().empty()) (void)core_.commit(commit, store::Durability::buffered, {});
}

void ReplicaDelegate::forget(const DeviceId& peer) {
  if (!is_remembered(peer)) return;
  store::Batch batch;
  store::forget_peer(batch, peer);
  (void)core_.commit(batch, store::Durability::buffered);
}

bool ReplicaDelegate::is_remembered(const DeviceId& peer) {
  const auto kept = store::find_peer_memory(*core_.store, peer);
  return kept && kept->has_value();
}

Result<const ReplicaDelegate::SignedPositions*> ReplicaDelegate::signed_positions(
    const store::LogRow& row, std::uint64_t after) {
  const auto known = signed_positions_.find(row.id);
  if (known != signed_positions_.end() && known->second.after <= after) return &known->second;
  RELAIS_ASSIGN(const auto seals, store::seals_after(*core_.store, row.no, after));
  const std::uint64_t offered = offered_[row.id];
  SignedPositions& positions = signed_positions_[row.id];
  positions = {after, {}, {}, {}};
  // To send few seals, prefers the latest that ends within the offered changes, as it repeats
  // earlier heads; else the first that ends beyond them.
  std::map<std::uint64_t, std::size_t> seal_of;
  for (const store::StoredSeal& seal : seals) {
    const std::size_t index = positions.keys.size();
    positions.keys.push_back(seal.key);
    for (const wire::SignedHead& head : seal.header.heads) {
      if (head.seq > offered) break;
      const auto [position, added] = seal_of.try_emplace(head.seq, index);
      if (!added && seal.last() <= offered) position->second = index;
    }
  }
  for (const auto& [seq, seal] : seal_of) {
    positions.seqs.push_back(seq);
    positions.seals.push_back(seal);
  }
  return &positions;
}

/// Adds the blocks after `after` up to the last of `positions` within `max_bytes`, but at least up
/// to the first. Adds none if a block before the first is missing.
Status ReplicaDelegate::add_blocks(log::PieceWriter& writer, const store::LogRow& row,
                                   std::uint64_t after, std::span<const std::uint64_t> positions,
                                   std::size_t max_bytes) const {
  const auto cursor = core_.store->scan(store::Family::log, store::block_key(row.no, after + 1),
                                        store::block_key(row.no, positions.back() + 1));
  auto position = positions.begin();
  log::PieceWriter::Mark signed_end = writer.mark();
  std::uint64_t seq = after;
  for (; cursor->valid() && position != positions.end(); cursor->next()) {
    if (store::seq_of(cursor->key()) != ++seq) break;
    RELAIS_ASSIGN(const auto stored, store::decode_block(cursor->value()));
    const auto run = core_.logs.run(row.no, seq);
    if (run == nullptr) break;
    if (signed_end.size != 0 && writer.size() + stored.block.size() > max_bytes) break;
    if (writer.size() > limits::kLargestPieceBytes) break;  // the store is damaged
    writer.add({stored.transaction_end, stored.block}, *run);
    if (seq != *position) continue;
    signed_end = writer.mark();
    ++position;
  }
  writer.cut(signed_end);
  return cursor->status();
}

Result<std::optional<peer::SyncDelegate::SealedPiece>> ReplicaDelegate::read(
    const log::LogId& log, std::uint64_t after, std::size_t max_bytes) {
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr) return std::optional<SealedPiece>{};
  RELAIS_ASSIGN(const SignedPositions* positions, signed_positions(*row, after));
  const auto first = std::upper_bound(positions->seqs.begin(), positions->seqs.end(), after);
  if (first == positions->seqs.end()) return std::optional<SealedPiece>{};

  log::PieceWriter writer(log, after + 1);
  RELAIS_TRY(add_blocks(writer, *row, after, {first, positions->seqs.end()}, max_bytes));
  if (writer.size() == 0) return not_held();
  SealedPiece part{std::move(writer).finish(), {}};
  const std::uint64_t end = after + log::block_count(part.piece.entries);
  const auto position = std::lower_bound(first, positions->seqs.end(), end);
  const Bytes& key =
      positions
          ->keys[positions->seals[static_cast<std::size_t>(position - positions->seqs.begin())]];
  RELAIS_ASSIGN(auto seal, core_.store->get(store::Family::meta, key));
  if (!seal) return not_held();
  part.seal = std::move(*seal);
  return std::optional(std::move(part));
}

Result<peer::InboundResult> ReplicaDelegate::store(log::VerifiedPiece piece,
                                                   const std::vector<Bytes>& seals) {
  core_.decryptor.use(&restored_);
  auto stored = replica::store_inbound(core_, std::move(piece), seals);
  core_.decryptor.use(nullptr);
  restored_ = {};
  return stored;
}

Result<log::SealAuthor> ReplicaDelegate::author_of(const log::LogId& log) {
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr || row->head.seq == 0) return not_held();
  RELAIS_ASSIGN(const auto seals, store::seals_after(*core_.store, row->no, row->head.seq - 1));
  if (seals.empty()) return not_held();
  return log::SealAuthor{seals.front().header.device_key, seals.front().header.instance};
}

Result<crypto::Hash> ReplicaDelegate::hash_at(const log::LogId& log, std::uint64_t seq) {
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr || seq > row->head.seq) return not_held();
  if (seq == row->head.seq) return row->head.hash;
  const auto next = core_.store->get(store::Family::log, store::block_key(row->no, seq + 1));
  if (!next && next.error().code() != ErrorCode::corrupt) return next.error();
  const auto block = next && *next ? store::decode_block(**next) : not_held();
  return block ? Result<crypto::Hash>(block->before) : not_held();
}

Result<Bytes> ReplicaDelegate::run_at(const log::LogId& log, std::uint64_t seq) {
  const store::LogRow* row = core_.logs.find(log);
  const auto run = row == nullptr ? nullptr : core_.logs.run(row->no, seq);
  return run == nullptr ? Result<Bytes>(not_held()) : Result<Bytes>(*run);
}

// Of a piece that begins after `seq`.
log::FindRun ReplicaDelegate::run_finder(const log::LogId& log, std::uint64_t seq) {
  return [this, log, seq](BytesView encoded) -> Result<log::OpenRun> {
    if (!encoded.empty()) return core_.decryptor.open_run(core_.control, log, encoded);
    RELAIS_ASSIGN(const Bytes held, run_at(log, seq));
    return core_.decryptor.open_run(core_.control, log, held);
  };
}

// Whoever gets the changes might as well get the key.
bool ReplicaDelegate::may_have_key(const log::OpenRun& run,
                                   const CompartmentId& compartment) const {
  const access::Membership& membership = core_.control.membership;
  const access::Epoch* epoch = membership.epoch(run.header.epoch);
  return epoch != nullptr && access::may_share_key(*epoch) &&
         membership.may_read(peer_, compartment);
}

std::optional<Bytes> ReplicaDelegate::join(const log::LogId& log, std::uint64_t after,
                                           BytesView entries, std::uint32_t packer) {
  if (log.compartment == core_.control_compartment()) return std::nullopt;
  log::Head before = log::genesis(core_.identity.space, log);
  if (after > 0) {
    const auto hash = hash_at(log, after);
    if (!hash) return std::nullopt;
    before = {after, *hash};
  }
  const auto find_run = [&, find = run_finder(log, after)](BytesView encoded) {
    auto run = find(encoded);
    if (!run || may_have_key(*run, log.compartment)) return run;
    return Result<log::OpenRun>(Error(ErrorCode::not_found, "The peer may not have the key yet."));
  };
  return log::join(core_.decryptor.codec(), entries, before, packer, find_run);
}

std::optional<Bytes> ReplicaDelegate::split(const log::LogId& log, const log::Head& before,
                                            BytesView joint) {
  restored_ = {};
  const auto keep = [&](const log::Associated& associated, BytesView block, BytesView change) {
    restored_.add(associated, block, change);
  };
  return log::split(core_.decryptor.codec(), joint, before, run_finder(log, before.seq), keep);
}

Status ReplicaDelegate::make_durable() {
  // Unlocked, because the disk is slow: other threads may read and write meanwhile.
  core_.mutex.unlock();
  Status synced = core_.store->sync();
  core_.mutex.lock();
  if (!synced) core_.stop();
  return synced;
}

// The session's report lists the log. A proof that can't be kept now is found again later.
void ReplicaDelegate::report_fork(const log::LogId& log, const std::vector<Bytes>& seals) {
  if (!seals.empty()) (void)replica::keep_fork_proof(core_, log, seals);
}

void ReplicaDelegate::seek_proof(const log::LogId& log) {
  if (!is_forked(log)) (void)extend_fork_search(core_, peer_, log);
}

bool ReplicaDelegate::is_forked(const log::LogId& log) {
  const store::LogRow* row = core_.logs.find(log);
  return row != nullptr && core_.logs.forks().contains(row->no);
}

std::vector<Bytes> ReplicaDelegate::evidence(const log::LogId& log) {
  const store::LogRow* row = core_.logs.find(log);
  if (row == nullptr || row->head.seq == 0) return {};
  const auto fork = core_.logs.forks().find(row->no);
  if (fork != core_.logs.forks().end()) return {fork->second.one, fork->second.other};
  const auto seals = store::seals_after(*core_.store, row->no, row->head.seq - 1);
  if (!seals) return {};
  const log::SignedHead end{row->head.seq, row->head.hash};
  for (const store::StoredSeal& seal : *seals) {
    const auto& heads = seal.header.heads;
    if (std::find(heads.begin(), heads.end(), end) != heads.end()) return {seal.encoded};
  }
  return {};
}

Result<Bytes> ReplicaDelegate::admit(const access::JoinRequest& request, std::size_t invitation) {
  RELAIS_CHECK(invitation < invitations_.size());
  RELAIS_ASSIGN(Bytes certificate, replica::admit(core_, request, invitations_[invitation]));
  joined_ = log::device_id(request.signing_key);
  return certificate;
}

Result<peer::SyncConfig> sync_config(const replica::Core& core) {
  RELAIS_ASSIGN(Bytes chain,
                access::certificate_chain(core.control.membership, core.identity.device()));
  // If all keys are closed, the responder treats the newest as an old one and sends a Proof.
  replica::MeshKeys keys = replica::mesh_keys(core);
  if (keys.current.empty()) keys.current = std::move(keys.old);
  if (keys.current.empty())
    return Error(ErrorCode::not_authorised, "This device has no mesh key of the space.");
  return peer::SyncConfig{core.identity.space, core.identity.keys.noise, std::move(chain),
                          keys.current.front()};
}

Result<peer::ServeConfig> serve_config(const replica::Core& core,
                                       const std::vector<replica::OpenInvitation>& invitations) {
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
  replica::MeshKeys keys = replica::mesh_keys(core);
  config.mesh_keys = std::move(keys.current);
  config.old_mesh_keys = std::move(keys.old);
  config.signing = core.identity.keys.signing.secret_key;
  for (const replica::OpenInvitation& open : invitations) {
    config.invitations.push_back(access::invitation_psk(open.invitation));
  }
  return config;
}

}  // namespace relais::engine
