#include "replica/own_logs.h"

#include "base/limits.h"
#include "base/try.h"
#include "store/tables/seals.h"

namespace relais::replica {
namespace {

Error damaged() {
  return {ErrorCode::store_corrupt, "The seals of this device's own log are damaged in the store."};
}

/// The heads that the next seal repeats (those of the last seal, unless it is full), the seq of the
/// head before the last of them, and the last signed seq.
struct Tail {
  std::vector<log::SignedHead> heads;
  std::uint64_t before = 0;
  std::uint64_t sealed = 0;
};
Result<Tail> last_seal(const store::Reads& store, const store::LogRow& row) {
  Tail tail;
  RELAIS_ASSIGN(const auto seals, store::seals_after(store, row.no, 0));
  for (const store::StoredSeal& seal : seals) {
    const bool full = seal.header.heads.size() >= limits::kHeadsPerSeal;
    tail.heads = full ? std::vector<log::SignedHead>{} : seal.header.heads;
    if (full) tail.before = seal.last();
    tail.sealed = seal.last();
  }
  const std::size_t count = tail.heads.size();
  if (count > 1) tail.before = tail.heads[count - 2].seq;
  return tail;
}

}  // namespace

Result<log::Sealer> OwnLogs::restore_sealer(const store::Reads& store,
                                            const store::LogRow& row) const {
  RELAIS_ASSIGN(Tail tail, last_seal(store, row));
  std::size_t bytes = 0;
  std::optional<log::Sealer> sealer;
  // Each position's hash is stored with the next block. Adds what the last seal doesn't sign.
  const auto cursor = store.scan(store::Family::log, store::block_key(row.no, tail.before + 1),
                                 store::block_key(row.no, row.head.seq + 1));
  bool ends = false;
  for (; cursor->valid(); cursor->next()) {
    const std::uint64_t before = store::seq_of(cursor->key()) - 1;
    RELAIS_ASSIGN(const store::StoredBlock stored, store::decode_block(cursor->value()));
    if (!sealer && before == tail.sealed) {
      sealer.emplace(std::move(tail.heads), bytes);
      bytes = 0;
    } else if (sealer && ends) {
      if (sealer->full()) return damaged();
      sealer->add({before, stored.before}, bytes);
      bytes = 0;
    }
    bytes += stored.block.size();
    ends = stored.transaction_end;
  }
  RELAIS_TRY(cursor->status());
  if (!sealer) return log::Sealer(std::move(tail.heads), bytes);
  if (sealer->full()) return damaged();
  sealer->add(row.head, bytes);
  return *std::move(sealer);
}

Result<OwnLog*> OwnLogs::get(const Control& control, const store::Reads& store,
                             const CompartmentId& compartment) {
  const auto known = open_.find(compartment);
  if (known != open_.end()) return &known->second;

  log::RunHeader run;
  crypto::SymmetricKey key;
  if (compartment == log::control_compartment(identity_.space)) {
    run.format = log::RunHeader::Format::plain;
  } else {
    const access::Epoch* epoch = control.keyring.current(control.membership, compartment);
    if (epoch == nullptr) {
      return Error(ErrorCode::not_authorised, "This device has no key for that part of the space.");
    }
    run.epoch = epoch->id;
    run.salt = random_.draw<decltype(run.salt)>();
    run.dictionary = log::kCurrentDictionary;
    run.packer = log::current_packer();
    key = *control.keyring.key(epoch->id);
  }
  const store::LogRow* row = logs_.find(id(compartment));
  const log::Head head =
      row != nullptr ? row->head : log::genesis(identity_.space, id(compartment));
  log::Sealer sealer;
  if (row != nullptr) {
    RELAIS_ASSIGN(sealer, restore_sealer(store, *row));
  }
  OwnLog own{log::Writer(identity_.writer(), id(compartment), head, run, key), std::move(sealer)};
  return &open_.emplace(compartment, std::move(own)).first->second;
}

Transactions transactions(const log::VerifiedPiece& piece) {
  Transactions ends;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto item = piece.item(i);
    bytes += item.block.size();
    if (!item.transaction_end) continue;
    const bool last = i + 1 == piece.size();
    ends.push_back({{item.seq, last ? piece.after().hash : piece.item(i + 1).before}, bytes});
    bytes = 0;
  }
  return ends;
}

}  // namespace relais::replica
