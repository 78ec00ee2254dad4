#pragma once

#include <memory>

#include "replica/block_decryptor.h"
#include "replica/documents.h"

namespace relais::replica {

class Core;

/// What a read needs. The references are valid as long as their source: a Snapshot, or a Core under
/// its mutex.
struct ReadSource {
  const SpaceId& space;
  const Control& control;
  const store::LogNames& logs;
  const store::Reads& store;
  BlockDecryptor& decryptor;

  Documents documents() const { return {decryptor, logs}; }
};

/// A consistent view of a replica at one moment, without a lock. It must not outlive its core.
/// Threads: one at a time; several snapshots may be read concurrently.
class Snapshot {
 public:
  /// Threads: any. Doesn't take the core's mutex.
  explicit Snapshot(const Core& core);

  ReadSource source() const { return {space_, *control_, logs_, *store_, *decryptor_}; }
  const Control& control() const { return *control_; }
  const store::Reads& store() const { return *store_; }
  /// For what isn't part of the view: the device's keys, and the store's files as a whole.
  const Core& core() const { return core_; }

 private:
  const Core& core_;
  const SpaceId& space_;
  const store::LogNames& logs_;
  // The store is first: control and names, taken after it, include all that it refers to.
  std::unique_ptr<store::Reads> store_;
  std::shared_ptr<const Control> control_;
  DecryptorPool::Lease decryptor_;
};

}  // namespace relais::replica
