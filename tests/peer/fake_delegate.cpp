#include "tests/peer/fake_delegate.h"

#include "base/check.h"
#include "base/limits.h"

namespace relais::peer::test {
namespace {

const crypto::SymmetricKey kEpochKey = crypto::SymmetricKey::from(Bytes(32, 'k'));

}  // namespace

FakeDelegate::FakeDelegate(const SpaceId& space, const Actor& actor, SeededRandom& random)
    : space_(space), actor_(actor), author_(actor.author), random_(random) {}

log::Writer& FakeDelegate::writer(const log::LogId& id, const Actor& author) {
  Log& log = logs_[id];
  writers_[id.author] = &author;
  if (!log.writer) {
    log::RunHeader run;
    if (id.compartment == log::control_compartment(space_)) {
      run.format = log::RunHeader::Format::plain;
    } else {
      run.epoch = random_.draw<log::EpochId>();
      run.salt = random_.draw<decltype(run.salt)>();
      run.dictionary = log::kCurrentDictionary;
      run.packer = log::current_packer();
    }
    log.writer.emplace(
        log::Writer::Identity{space_, author.keys.signing.public_key, author.instance}, id,
        head(id, log), run, kEpochKey);
  }
  return *log.writer;
}

void FakeDelegate::append(const log::LogId& id, const Actor& author,
                          const std::vector<Bytes>& changes) {
  log::Writer& to = writer(id, author);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    bytes += to.append(codec_, changes[i], i + 1 == changes.size());
  }
  Log& log = logs_[id];
  take(log, to.take());
  log.durable = log.blocks.size();
  log.sealer.add(to.head(), bytes);
  if (log.sealer.full()) seal_own(id, log);
}

void FakeDelegate::write(const CompartmentId& compartment, int changes, std::size_t bytes) {
  std::vector<Bytes> all;
  for (int i = 0; i < changes; ++i) all.push_back(random_.bytes(bytes));
  append(own_log(compartment), actor_, all);
}

void FakeDelegate::write_text(const CompartmentId& compartment, BytesView text) {
  append(own_log(compartment), actor_, {Bytes(text)});
}

void FakeDelegate::write_record(const Actor& author, const wire::ControlRecord& record) {
  append({log::control_compartment(space_), author.author}, author, {wire::encode(record)});
}

void FakeDelegate::roll_back(const log::LogId& id, std::uint64_t seq) {
  Log& log = logs_.at(id);
  log.blocks.resize(seq);
  log.durable = seq;
  log.seals.clear();
  log.heads.clear();
  log.writer.reset();
  log.sealer = log::Sealer();
}

void FakeDelegate::adopt(FakeDelegate& other) {
  for (auto& [id, log] : other.logs_) {
    if (log.sealer.unsealed()) other.seal_own(id, log);
    Log& copy = logs_[id];
    copy.blocks = log.blocks;
    copy.seals = log.seals;
    copy.heads = log.heads;
  }
}

log::Head FakeDelegate::head(const log::LogId& id, const Log& log) const {
  if (log.blocks.empty()) return log::genesis(space_, id);
  return {log.blocks.size(), log.blocks.back().hash};
}

std::uint64_t FakeDelegate::seq(const log::LogId& log) const {
  const auto found = logs_.find(log);
  return found == logs_.end() ? 0 : found->second.blocks.size();
}

std::uint64_t FakeDelegate::durable_seq(const log::LogId& log) const {
  const auto found = logs_.find(log);
  return found == logs_.end() ? 0 : found->second.durable;
}

std::vector<Bytes> FakeDelegate::blocks(const log::LogId& log) const {
  std::vector<Bytes> blocks;
  for (const Block& block : logs_.at(log).blocks) blocks.push_back(block.block);
  return blocks;
}

reconcile::Inventory FakeDelegate::of(
    const std::function<bool(const CompartmentId&)>& wanted) const {
  reconcile::Inventory inventory;
  for (const auto& [id, log] : logs_) {
    if (!log.blocks.empty() && wanted(id.compartment)) {
      inventory[id.compartment][id.author] = head(id, log);
    }
  }
  return inventory;
}

reconcile::Inventory FakeDelegate::everything() const {
  return of([](const CompartmentId&) { return true; });
}

reconcile::Inventory FakeDelegate::control_inventory(const DeviceId&) {
  const CompartmentId control = log::control_compartment(space_);
  return of([&](const CompartmentId& compartment) { return compartment == control; });
}

reconcile::Inventory FakeDelegate::data_inventory(const DeviceId&) {
  auto inventory = of([&](const CompartmentId& it) { return shared.count(it) > 0; });
  for (const CompartmentId& compartment : shared) inventory[compartment];
  return inventory;
}

std::optional<SyncDelegate::Memory> FakeDelegate::memory(const DeviceId& peer) {
  const auto found = memories.find(peer);
  if (found == memories.end()) return std::nullopt;
  Memory memory{found->second.checkpoint, {}};
  for (const auto& [compartment, heads] : data_inventory(peer)) {
    for (const auto& [author, head] : heads) {
      const log::LogId log{compartment, author};
      const std::uint64_t base = reconcile::head_of(found->second.data, log).seq;
      if (head.seq > base) memory.changed[log] = base;
    }
  }
  return memory;
}

void FakeDelegate::remember(const DeviceId& peer, const reconcile::Checkpoint& checkpoint,
                            const reconcile::Inventory& data) {
  memories[peer] = {checkpoint, data};
}

Result<log::SealAuthor> FakeDelegate::author_of(const log::LogId& log) {
  if (log.author == author_) {
    return log::SealAuthor{actor_.keys.signing.public_key, actor_.instance};
  }
  const auto seal = wire::decode_seal(logs_.at(log).seals.back());
  return log::SealAuthor{seal->header.device_key, seal->header.instance};
}

Result<Bytes> FakeDelegate::run_at(const log::LogId& log, std::uint64_t seq) {
  return logs_.at(log).blocks.at(seq - 1).run_header;
}

Result<crypto::Hash> FakeDelegate::hash_at(const log::LogId& log, std::uint64_t seq) {
  return logs_.at(log).blocks.at(seq - 1).hash;
}

log::FindRun FakeDelegate::run_finder(const log::LogId& log, std::uint64_t seq) {
  return [this, log, seq](BytesView encoded) -> Result<log::OpenRun> {
    if (encoded.empty() && seq == 0) return Error(ErrorCode::corrupt, "There is no run.");
    const Bytes run = encoded.empty() ? run_at(log, seq).value() : Bytes(encoded);
    auto header = log::decode_run_header(run);
    if (!header) return header.error();
    return log::OpenRun{*header, log::hash_run_header(run),
                        log::block_key(kEpochKey, space_, log, *header)};
  };
}

std::optional<Bytes> FakeDelegate::join(const log::LogId& log, std::uint64_t after,
                                        BytesView entries, std::uint32_t packer) {
  const log::Head before =
      after == 0 ? log::genesis(space_, log) : log::Head{after, hash_at(log, after).value()};
  auto joint = log::join(codec_, entries, before, packer, run_finder(log, after));
  joined += joint ? 1 : 0;
  return joint;
}

std::optional<Bytes> FakeDelegate::split(const log::LogId& log, const log::Head& before,
                                         BytesView joint) {
  if (on_split) on_split();
  if (!restores) return std::nullopt;
  return log::split(codec_, joint, before, run_finder(log, before.seq));
}

int FakeDelegate::priority(const log::LogId& log) {
  const auto found = priorities.find(log);
  return found == priorities.end() ? 0 : found->second;
}

void FakeDelegate::add_seal(Log& log, Bytes seal) {
  if (!log.seals.empty() && log.seals.back() == seal) return;
  auto decoded = wire::decode_seal(seal);
  const bool replaces = !log.heads.empty() && log.heads.back().size() < limits::kHeadsPerSeal;
  if (replaces) {
    log.heads.pop_back();
    log.seals.pop_back();
  }
  log.heads.push_back(std::move(decoded->header.heads));
  log.seals.push_back(std::move(seal));
}

void FakeDelegate::seal_own(const log::LogId& id, Log& log) {
  const Actor& author = *writers_.at(id.author);
  const log::Writer::Identity identity{space_, author.keys.signing.public_key, author.instance};
  add_seal(log, wire::encode(log.sealer.sign(identity, id, author.keys.signing.secret_key)));
  log.sealer.sealed();
}

std::vector<Bytes> FakeDelegate::seals(const log::LogId& id, std::uint64_t after) {
  Log& log = logs_.at(id);
  if (log.sealer.unsealed()) seal_own(id, log);
  std::vector<Bytes> seals;
  for (std::size_t i = 0; i < log.seals.size(); ++i) {
    if (log.heads[i].back().seq > after) seals.push_back(log.seals[i]);
  }
  return seals;
}

Result<std::optional<SyncDelegate::SealedPiece>> FakeDelegate::read(const log::LogId& id,
                                                                    std::uint64_t after,
                                                                    std::size_t max_bytes) {
  ++reads;
  if (damaged.contains(id)) return Error(ErrorCode::store_corrupt, "The log is damaged.");
  Log& log = logs_.at(id);
  if (log.sealer.unsealed()) seal_own(id, log);
  log::PieceWriter piece(id, after + 1);
  std::uint64_t seq = after;
  Bytes seal;
  for (std::size_t i = 0; i < log.seals.size(); ++i) {
    for (const log::SignedHead& head : log.heads[i]) {
      if (head.seq <= seq || head.seq > log.blocks.size()) continue;
      std::size_t bytes = piece.size();
      for (std::uint64_t n = seq; n < head.seq; ++n) bytes += log.blocks[n].block.size();
      if (seq > after && bytes > max_bytes) break;
      for (; seq < head.seq; ++seq) {
        const Block& block = log.blocks[seq];
        piece.add({block.transaction_end, block.block}, block.run_header);
      }
      seal = log.seals[i];
    }
  }
  largest_read_ = std::max(largest_read_, piece.size());
  if (seq == after) return std::optional<SealedPiece>();
  return std::optional(SealedPiece{std::move(piece).finish(), std::move(seal)});
}

void FakeDelegate::report_fork(const log::LogId& log, const std::vector<Bytes>& seals) {
  forks.insert(log);
  fork_seals[log] = seals;
}

std::vector<Bytes> FakeDelegate::evidence(const log::LogId& log) {
  const auto proof = proven.find(log);
  if (proof != proven.end()) return proof->second;
  return {seals(log, seq(log) - 1).back()};
}

void FakeDelegate::take(Log& log, const log::VerifiedPiece& piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto item = piece.item(i);
    if (item.seq <= log.blocks.size()) {
      ++changes_stored_again;
      continue;
    }
    RELAIS_CHECK(item.seq == log.blocks.size() + 1);
    const bool last = i + 1 == piece.size();
    log.blocks.push_back({Bytes(item.run_header), Bytes(item.block), item.transaction_end,
                          last ? piece.after().hash : piece.item(i + 1).before});
  }
}

Result<peer::InboundResult> FakeDelegate::store(log::VerifiedPiece piece,
                                                const std::vector<Bytes>& seals) {
  if (store_fails) return *store_fails;
  bytes_stored += piece.piece().entries.size();
  arrivals.push_back(piece.log());
  const InboundResult result = gate ? gate(piece.log()) : InboundResult::stored;
  if (result != InboundResult::stored) return result;
  Log& log = logs_[piece.log()];
  take(log, piece);
  for (const Bytes& seal : seals) add_seal(log, seal);
  return result;
}

Status FakeDelegate::make_durable() {
  for (auto& [id, log] : logs_) log.durable = log.blocks.size();
  return {};
}

Result<Bytes> FakeDelegate::admit(const access::JoinRequest& request, std::size_t invitation) {
  if (on_admit) return on_admit(request, invitation);
  return Error(ErrorCode::invitation_refused, "No invitation is open.");
}

}  // namespace relais::peer::test
