#include "replica/block_decryptor.h"

#include "base/try.h"

namespace relais::replica {

Result<const BlockDecryptor::Run*> BlockDecryptor::run_at(const Control& control,
                                                          const store::LogRow& row,
                                                          std::uint64_t seq) {
  const Bytes* encoded = logs_.run(row.no, seq);
  if (encoded == nullptr) return Error(ErrorCode::corrupt, "A block's run isn't known.");
  const auto known = runs_.find({row.no, *encoded});
  if (known != runs_.end()) return &known->second;

  RELAIS_ASSIGN(const log::RunHeader header, log::decode_run_header(*encoded));
  const access::Epoch* epoch = control.membership.epoch(header.epoch);
  const crypto::SymmetricKey* key = control.keyring.key(header.epoch);
  if (epoch == nullptr || key == nullptr) {
    return Error(ErrorCode::not_found, "The key of this part isn't here yet.");
  }
  if (epoch->compartment != row.id.compartment) {
    return Error(ErrorCode::corrupt, "A block was written under another compartment's key.");
  }
  Run run{header, log::hash_run_header(*encoded), log::block_key(*key, space_, row.id, header)};
  return &runs_.emplace(std::pair(row.no, *encoded), std::move(run)).first->second;
}

Status BlockDecryptor::open(Bytes& out, const Control& control, const store::LogRow& row,
                            const Block& place) {
  RELAIS_ASSIGN(const Run* run, run_at(control, row, place.seq));
  const auto associated =
      log::associated_data({place.seq - 1, place.before}, run->hash, place.transaction_end);
  return codec_.open(out, run->header, run->key, place.seq, associated, place.block);
}

bool BlockDecryptor::has_key(const Control& control, const store::LogRow& row, std::uint64_t seq) {
  const auto run = run_at(control, row, seq);
  return run || run.error().code() != ErrorCode::not_found;
}

Status BlockDecryptor::load(Bytes& out, const Control& control, const store::Reads& store,
                            const store::LogRow& row, std::uint64_t seq) {
  RELAIS_ASSIGN(const auto bytes, store.get(store::Family::log, store::block_key(row.no, seq)));
  if (!bytes) return Error(ErrorCode::not_found, "A block that the store lists isn't there.");
  RELAIS_ASSIGN(const store::StoredBlock stored, store::decode_block(*bytes));
  return open(out, control, row, {seq, stored.transaction_end, stored.before, stored.block});
}

}  // namespace relais::replica
