#include "simulator/hostile_log.h"

#include <algorithm>

#include "base/limits.h"
#include "log/block.h"
#include "log/piece.h"
#include "replica/projection/inbound.h"

namespace relais::simulator {

HostileLog::HostileLog(StolenKeys keys, const CompartmentId& compartment, Run run)
    : keys_(std::move(keys)),
      id_{compartment, log::author_id(keys_.signing.public_key, keys_.instance)} {
  runs_.push_back(std::move(run));
  branches_.emplace_back();
}

void HostileLog::start_run(Run run) { runs_.push_back(std::move(run)); }

log::Head HostileLog::head(const Branch& branch, std::uint64_t seq) const {
  return seq == 0 ? log::genesis(keys_.space, id_) : log::Head{seq, branch[seq - 1].hash};
}

document::HeadPrefix HostileLog::prefix(std::size_t branch, std::uint64_t seq) const {
  if (seq == 0 || seq > last(branch)) return {};
  const BytesView hash = branches_[branch][seq - 1].hash.view();
  return *document::HeadPrefix::from(hash.substr(0, document::HeadPrefix::kSize));
}

void HostileLog::append(std::size_t at, BytesView packed, bool transaction_end) {
  Branch& branch = branches_[at];
  const Run& run = runs_.back();
  const log::Head before = head(branch, branch.size());
  const Bytes header = log::encode(run.header);
  const log::Associated associated(before, log::hash_run_header(header), transaction_end);
  Block block{Bytes(packed), transaction_end, runs_.size() - 1, {}};
  if (run.header.format == log::RunHeader::Format::sealed) {
    const auto key = log::block_key(run.key, keys_.space, id_, run.header);
    log::seal_block(block.bytes, run.header, key, before.seq + 1, associated, packed);
  }
  block.hash = log::step(associated, before.seq + 1, block.bytes).hash;
  branch.push_back(std::move(block));
}

void HostileLog::fork(std::uint64_t shared) {
  const Branch& first = branches_.front();
  Branch other(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(shared));
  branches_.push_back(std::move(other));
}

std::vector<std::uint64_t> HostileLog::ends() const {
  std::vector<std::uint64_t> ends;
  const Branch& branch = branches_.front();
  for (std::size_t i = 0; i < branch.size(); ++i) {
    if (branch[i].transaction_end) ends.push_back(i + 1);
  }
  return ends;
}

/// The end of the last transaction within the usual size of a piece, else of the first; 0 if none
/// has ended.
std::uint64_t HostileLog::piece_end(const Branch& branch, std::uint64_t first) const {
  std::uint64_t end = 0;
  std::size_t bytes = 0;
  for (std::uint64_t seq = first; seq <= branch.size(); ++seq) {
    bytes += branch[seq - 1].bytes.size();
    if (end != 0 && bytes > limits::kPieceBytes) break;
    if (branch[seq - 1].transaction_end) end = seq;
  }
  return end;
}

Bytes HostileLog::sign(std::vector<log::SignedHead> heads) const {
  return wire::encode(log::sign_seal(
      keys_.space, keys_.signing.secret_key,
      {id_.compartment, keys_.signing.public_key, keys_.instance, std::move(heads)}));
}

std::vector<Bytes> HostileLog::seals(const Branch& branch, std::uint64_t end, Sealing sealing,
                                     testing::Chance& chance) const {
  const auto lie = [&](std::uint64_t seq) {
    return log::SignedHead{seq, crypto::hash("lie", {std::to_string(chance.below(3))})};
  };
  std::vector<log::SignedHead> heads;
  const bool repeats = sealing != Sealing::bare;
  for (std::uint64_t seq = 1; repeats && seq < end; ++seq) {
    if (!branch[seq - 1].transaction_end) continue;
    if (sealing == Sealing::scattered && chance.one_in(2)) continue;
    heads.push_back({seq, branch[seq - 1].hash});
  }
  // Leaves space for the end, and for a head beyond it.
  const std::size_t most = limits::kHeadsPerSeal - 2;
  if (heads.size() > most) heads.erase(heads.begin(), heads.end() - static_cast<long>(most));
  if (sealing == Sealing::false_middle && !heads.empty()) {
    log::SignedHead& one = heads[chance.below(heads.size())];
    one = lie(one.seq);
  }
  heads.push_back({end, branch[end - 1].hash});
  std::vector<log::SignedHead> plain = heads;
  if (sealing == Sealing::false_ahead) heads.push_back(lie(end + 1 + chance.below(6)));
  if (sealing == Sealing::far_ahead) heads.push_back(lie(limits::kLastSeq));
  std::vector<Bytes> seals{sign(std::move(heads))};
  // A second seal that may contradict, or that signs fewer heads.
  if (sealing == Sealing::false_ahead && chance.one_in(3)) {
    plain.push_back(lie(end + 1 + chance.below(6)));
    seals.push_back(sign(std::move(plain)));
  }
  return seals;
}

HostileLog::Brought HostileLog::store_inbound(replica::Core& to, const Branch& branch,
                                              const log::Head& held, std::uint64_t end,
                                              const std::vector<Bytes>& seals) const {
  log::PieceWriter writer(id_, held.seq + 1);
  for (std::uint64_t seq = held.seq + 1; seq <= end; ++seq) {
    const Block& block = branch[seq - 1];
    writer.add({block.transaction_end, block.bytes}, log::encode(runs_[block.run].header));
  }
  log::Piece piece = std::move(writer).finish();
  const std::size_t bytes = piece.entries.size();
  log::Verifier verifier(id_, held);
  const auto forked = [&](const std::vector<Bytes>& proof) -> Brought {
    const Status kept = replica::keep_fork_proof(to, id_, proof);
    if (!kept) return {bytes, kept.error()};
    return {bytes, peer::InboundResult::forked};
  };
  for (const Bytes& seal : seals) {
    const auto verified = log::verify_seal(seal, keys_.space);
    if (!verified) return {bytes, verified.error()};
    if (verifier.add(*verified)) continue;
    std::vector<Bytes> proof = verifier.seals();
    proof.push_back(seal);
    return forked(proof);
  }
  auto verified = verifier.verify(std::move(piece));
  if (verified) return {bytes, replica::store_inbound(to, std::move(*verified), seals)};
  const ErrorCode code = verified.error().code();
  if (code == ErrorCode::forked || code == ErrorCode::corrupt) return forked(verifier.seals());
  return {bytes, peer::InboundResult::refused};
}

void HostileLog::bring(replica::Core& to, std::size_t at, Sealing sealing, testing::Chance& chance,
                       const OnPiece& on_piece) {
  const Branch& branch = branches_[at];
  const std::lock_guard lock(to.mutex);
  bool goes_on = true;
  while (goes_on) {
    const store::LogRow* row = to.logs.find(id_);
    const log::Head held = row == nullptr ? log::genesis(keys_.space, id_) : row->head;
    const std::uint64_t end = held.seq < branch.size() ? piece_end(branch, held.seq + 1) : 0;
    if (end == 0) return;
    const std::vector<Bytes> signed_by = seals(branch, end, sealing, chance);
    ++to.open_sessions;
    on_piece([&] {
      Brought brought = store_inbound(to, branch, held, end, signed_by);
      goes_on = brought.result && *brought.result == peer::InboundResult::stored;
      return brought;
    });
    --to.open_sessions;
  }
}

}  // namespace relais::simulator
