#pragma once

#include <memory>

#include "replica/block_decryptor.h"
#include "replica/documents.h"

namespace relais::replica {

class Core;

/// Where a read takes what it needs. References live as long as what they were taken from: a
/// Snapshot, or a Core under its mutex.
struct ReadSource {
  const SpaceId& space;
  const Control& control;
  const store::LogNames& logs;
  const store::Reads& store;
  BlockDecryptor& decryptor;

  Documents documents() const { return {decryptor, logs}; }
};

/// A replica as it is at one moment. It stays so while others write, and no lock is held for it.
/// Threads: one at a time; several snapshots may be read at once. It must not outlive its core.
class Snapshot {
 public:
  /// Threads: any. Takes no lock for longer than it takes to copy a pointer.
  explicit Snapshot(const Core& core);

  ReadSource source() const { return {space_, *control_, logs_, *store_, *decryptor_}; }
  const Control& control() const { return *control_; }
  const store::Reads& store() const { return *store_; }
  /// What isn't part of the moment: the device's keys, and the store's files as a whole.
  const Core& core() const { return core_; }

 private:
  const Core& core_;
  const SpaceId& space_;
  const store::LogNames& logs_;
  // The store first: control and names, which are read after it, know all that it uses.
  std::unique_ptr<store::Reads> store_;
  std::shared_ptr<const Control> control_;
  DecryptorPool::Lease decryptor_;
};

}  // namespace relais::replica
