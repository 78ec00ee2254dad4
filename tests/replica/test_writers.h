#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "log/log_writer.h"
#include "log/packing.h"
#include "replica/projection/inbound.h"
#include "support/projection_dump.h"
#include "support/test_space.h"

namespace relais::testing {

/// Authors who write whatever changes they like, and bring them to replicas in any order: the same
/// blocks to each. All are incarnations of one device of a space, under the epoch of the space's
/// default compartment.
class TestWriters {
 public:
  /// The device is an owner, so that it has the key.
  TestWriters(TestSpace& space, std::string device, std::size_t count);

  std::size_t size() const { return logs_.size(); }
  const AuthorId& author(std::size_t writer) const { return logs_[writer].id.author; }
  const log::LogId& log(std::size_t writer) const { return logs_[writer].id; }
  std::uint64_t last(std::size_t writer) const { return logs_[writer].blocks.size(); }
  /// Where the writer's next change will stand.
  document::Position next(std::size_t writer) const { return {author(writer), last(writer) + 1}; }
  /// What a citation of a place says of its hash.
  document::HeadPrefix prefix(std::size_t writer, std::uint64_t seq) const;

  std::vector<std::uint64_t> transaction_ends(std::size_t writer) const;

  /// Bytes that are meant to be a change. No log_writer's limit holds.
  void write(std::size_t writer, BytesView change, bool transaction_end = true);
  void write(std::size_t writer, const document::Change& change, bool transaction_end = true);
  /// What opens as this: a change, packed in some way or none.
  void write_packed(std::size_t writer, Bytes packed, bool transaction_end = true);

  /// Brings a writer's places up to `last` that the replica lacks, in one piece.
  peer::InboundResult bring(std::size_t writer, std::uint64_t last, const std::string& to);
  void bring_all(const std::string& to);
  /// Seals of two histories that end at the writer's last place.
  store::ForkProof fork_proof(std::size_t writer) const;

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
    std::vector<log::Writer> log_writer;  ///< one: what was written so far, for its hashes
  };
  log::Writer fresh_writer(const Log& log) const;

  TestSpace& space_;
  std::string device_;
  crypto::SymmetricKey key_;
  log::Packer packer_;
  std::vector<Log> logs_;
};

/// The families of documents and indexes as they are.
std::string projection_bytes(replica::Core& core);

}  // namespace relais::testing
