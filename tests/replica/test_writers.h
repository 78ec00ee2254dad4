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

/// Authors that write arbitrary changes and bring them to replicas in any order: the same blocks to
/// each. All are incarnations of one device of a space, under the epoch of its default compartment.
class TestWriters {
 public:
  /// The device is an owner, so that it has the key.
  TestWriters(TestSpace& space, std::string device, std::size_t count);

  std::size_t size() const { return logs_.size(); }
  const AuthorId& author(std::size_t writer) const { return logs_[writer].id.author; }
  const log::LogId& log(std::size_t writer) const { return logs_[writer].id; }
  std::uint64_t last(std::size_t writer) const { return logs_[writer].blocks.size(); }
  /// The position of the writer's next change.
  document::Position next(std::size_t writer) const { return {author(writer), last(writer) + 1}; }
  /// The hash prefix with which a citation names a place.
  document::HeadPrefix prefix(std::size_t writer, std::uint64_t seq) const;

  std::vector<std::uint64_t> transaction_ends(std::size_t writer) const;

  /// Appends bytes that are meant to be a change. No limit of a log::Writer applies.
  void write(std::size_t writer, BytesView change, bool transaction_end = true);
  void write(std::size_t writer, const document::Change& change, bool transaction_end = true);
  /// Appends a block that decrypts to this: a change, packed or not.
  void write_packed(std::size_t writer, Bytes packed, bool transaction_end = true);

  /// Stores at a replica the writer's changes up to `last` that it lacks, in one piece.
  peer::InboundResult bring(std::size_t writer, std::uint64_t last, const std::string& to);
  void bring_all(const std::string& to);
  /// Seals of two histories that end at the last place of the writer.
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
    std::vector<log::Writer> log_writer;  ///< at most one: the changes so far, for their hashes
  };
  log::Writer fresh_writer(const Log& log) const;

  TestSpace& space_;
  std::string device_;
  crypto::SymmetricKey key_;
  log::Packer packer_;
  std::vector<Log> logs_;
};

/// The bytes of the families documents and index.
std::string projection_bytes(replica::Core& core);

}  // namespace relais::testing
