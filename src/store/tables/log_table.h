#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "log/log.h"
#include "store/store.h"
#include "store/tables/keys.h"

namespace relais::store {

/// A log as this store holds it.
struct LogRow {
  LogNo no = 0;
  log::LogId id;
  crypto::SigningPublicKey device_key;
  log::Head head;               ///< of the last block stored
  std::uint64_t opened = 0;     ///< blocks up to here were opened and filed under their documents
  std::uint64_t full_seal = 0;  ///< last seq of the last seal that is full: it stays
};

/// A block, with what is needed to open it on its own.
struct StoredBlock {
  bool transaction_end = false;
  crypto::Hash before;  ///< h of the place before
  Bytes block;
};
Bytes encode(bool transaction_end, const crypto::Hash& before, BytesView block);
Result<StoredBlock> decode_block(BytesView bytes);

/// All logs of the store, kept in memory: a few dozen bytes each. Changes go into a batch and
/// into memory at once; after a failed commit the whole store is opened again.
class LogTable {
 public:
  /// Fails: corrupt.
  static Result<LogTable> load(const Reads& store);

  const std::map<log::LogId, LogRow>& rows() const { return rows_; }
  const LogRow* find(const log::LogId& id) const;
  const LogRow* find(LogNo no) const;
  /// The log's row, made if there is none.
  const LogRow& intern(Batch& batch, const log::LogId& id,
                       const crypto::SigningPublicKey& device_key, const log::Head& genesis);
  void update(Batch& batch, const LogRow& row);
  /// In memory only: `update` follows once for many.
  void set_opened(LogNo no, std::uint64_t seq);

  CompartmentNo intern_compartment(Batch& batch, const CompartmentId& id);
  std::optional<CompartmentNo> compartment_no(const CompartmentId& id) const;
  const CompartmentId* compartment(CompartmentNo no) const;

  /// The run header (encoded) under which a block was written. Null: not known.
  const Bytes* run(LogNo log, std::uint64_t seq) const;
  void add_run(Batch& batch, LogNo log, std::uint64_t first_seq, BytesView header);

 private:
  static Bytes encode_row(const LogRow& row);

  std::map<log::LogId, LogRow> rows_;
  std::vector<log::LogId> by_no_;
  std::map<CompartmentId, CompartmentNo> compartments_;
  std::vector<CompartmentId> compartment_by_no_;
  std::map<LogNo, std::map<std::uint64_t, Bytes>> runs_;
};

}  // namespace relais::store
