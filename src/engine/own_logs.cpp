#include "engine/own_logs.h"

#include "base/limits.h"
#include "base/try.h"
#include "store/tables/door.h"

namespace relais::engine {
namespace {

/// The heads of the log's last seal, if it isn't full: the next seal takes them over.
Result<std::vector<log::SignedHead>> tail_heads(const store::Reads& store, store::LogNo log) {
  std::vector<log::SignedHead> heads;
  const auto cursor =
      store.scan_prefix(store::Family::meta, store::meta_key(store::meta::kSeal, log));
  for (; cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(const wire::Seal seal, wire::decode_seal(cursor->value()));
    RELAIS_ASSIGN(wire::SealHeader header, wire::decode_seal_header(seal.header));
    heads = std::move(header.heads);
  }
  RELAIS_TRY(cursor->status());
  return heads;
}

}  // namespace

Result<log::Sealer> OwnLogs::restore_sealer(const store::Reads& store,
                                            const store::LogRow& row) const {
  RELAIS_ASSIGN(auto heads, tail_heads(store, row.no));
  const std::uint64_t sealed = heads.empty() ? 0 : heads.back().seq;
  const bool full = heads.size() >= limits::kHeadsPerSeal;
  log::Sealer sealer(full ? std::vector<log::SignedHead>{} : std::move(heads));
  // What was written after the last seal: each place's hash stands with the block behind it.
  std::size_t bytes = 0;
  bool ends = false;
  const auto cursor = store.scan(store::Family::log, store::block_key(row.no, sealed + 1),
                                 store::block_key(row.no, row.head.seq + 1));
  for (; cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(const store::StoredBlock stored, store::decode_block(cursor->value()));
    if (ends) sealer.add({store::seq_of(cursor->key()) - 1, stored.before}, bytes);
    if (ends) bytes = 0;
    bytes += stored.block.size();
    ends = stored.transaction_end;
  }
  RELAIS_TRY(cursor->status());
  if (row.head.seq > sealed) sealer.add(row.head, bytes);
  return sealer;
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

}  // namespace relais::engine
