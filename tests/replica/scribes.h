#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "log/packing.h"
#include "log/writer.h"
#include "replica/projection/inbound.h"
#include "support/projection_dump.h"
#include "support/test_space.h"

namespace relais::testing {

/// Authors who write whatever changes they like, and bring them to replicas in any order: the same
/// blocks to each. All are incarnations of one device of a ward, under the epoch of the space's
/// default compartment.
class Scribes {
 public:
  /// The device is an owner, so that it has the key.
  Scribes(TestSpace& ward, std::string device, std::size_t count);

  std::size_t size() const { return logs_.size(); }
  const AuthorId& author(std::size_t scribe) const { return logs_[scribe].id.author; }
  const log::LogId& log(std::size_t scribe) const { return logs_[scribe].id; }
  std::uint64_t last(std::size_t scribe) const { return logs_[scribe].blocks.size(); }
  /// Where the scribe's next change will stand.
  document::Position next(std::size_t scribe) const { return {author(scribe), last(scribe) + 1}; }
  /// What a citation of a place says of its hash.
  document::HeadPrefix prefix(std::size_t scribe, std::uint64_t seq) const;

  std::vector<std::uint64_t> transaction_ends(std::size_t scribe) const;

  /// Bytes that are meant to be a change. No writer's limit holds.
  void write(std::size_t scribe, BytesView change, bool transaction_end = true);
  void write(std::size_t scribe, const document::Change& change, bool transaction_end = true);
  /// What opens as this: a change, packed in some way or none.
  void write_packed(std::size_t scribe, Bytes packed, bool transaction_end = true);

  /// Brings a scribe's places up to `last` that the replica lacks, in one piece.
  peer::InboundResult bring(std::size_t scribe, std::uint64_t last,
                                          const std::string& to);
  void bring_all(const std::string& to);
  /// Seals of two histories that end at the scribe's last place.
  store::ForkProof fork_proof(std::size_t scribe) const;

 private:
  struct Block {
    Bytes packed;
    bool transaction_end;
    crypto::Hash hash;  ///< of the log up to here
  };
  struct Log {
    log::Writer::Identity identity;
    log::LogId id;
    log::RunHeader run;
    std::vector<Block> blocks;
    std::vector<log::Writer> writer;  ///< one: what was written so far, for its hashes
  };
  log::Writer fresh_writer(const Log& log) const;

  TestSpace& ward_;
  std::string device_;
  crypto::SymmetricKey key_;
  log::Packer packer_;
  std::vector<Log> logs_;
};

/// The families of documents and indexes as they are.
std::string projection_bytes(replica::Core& core);

}  // namespace relais::testing
