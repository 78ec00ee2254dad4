#include "replica/test_writers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace relais::testing {

using store::Family;

TestWriters::TestWriters(TestSpace& space, std::string device, std::size_t count)
    : space_(space), device_(std::move(device)) {
  const replica::Core& core = space_.core(device_);
  const auto& [membership, keyring] = core.control;
  const CompartmentId compartment = log::compartment_id(core.identity.space, "", "records");
  const access::Epoch* epoch = keyring.current(membership, compartment);
  RELAIS_CHECK(epoch != nullptr);
  key_ = *keyring.key(epoch->id);
  for (std::size_t i = 0; i < count; ++i) {
    Log log;
    log.identity = {core.identity.space, core.identity.keys.signing.public_key,
                    core.environment.random.draw<log::Instance>()};
    log.id = {compartment, log::author_id(log.identity.device_key, log.identity.instance)};
    log.run.epoch = epoch->id;
    log.run.salt = core.environment.random.draw<decltype(log.run.salt)>();
    log.run.dictionary = log::kCurrentDictionary;
    logs_.push_back(std::move(log));
    logs_.back().log_writer.push_back(fresh_writer(logs_.back()));
  }
}

log::Writer TestWriters::fresh_writer(const Log& log) const {
  return {log.identity, log.id, space_.core(device_).genesis(log.id), log.run, key_};
}

document::HeadPrefix TestWriters::prefix(std::size_t writer, std::uint64_t seq) const {
  const auto& blocks = logs_[writer].blocks;
  if (seq == 0 || seq > blocks.size()) return {};
  return *document::HeadPrefix::from(
      blocks[seq - 1].hash.view().substr(0, document::HeadPrefix::kSize));
}

std::vector<std::uint64_t> TestWriters::transaction_ends(std::size_t writer) const {
  std::vector<std::uint64_t> ends;
  const auto& blocks = logs_[writer].blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].transaction_end) ends.push_back(i + 1);
  }
  return ends;
}

void TestWriters::write_packed(std::size_t writer, Bytes packed, bool transaction_end) {
  Log& log = logs_[writer];
  log.log_writer[0].append_packed(packed, packed.size(), transaction_end);
  log.blocks.push_back({std::move(packed), transaction_end, log.log_writer[0].head().hash});
}

void TestWriters::write(std::size_t writer, BytesView change, bool transaction_end) {
  write_packed(writer, Bytes(packer_.pack(change, log::kCurrentDictionary)), transaction_end);
}

void TestWriters::write(std::size_t writer, const document::Change& change, bool transaction_end) {
  write(writer, document::encode(change, next(writer)), transaction_end);
}

peer::InboundResult TestWriters::bring(std::size_t writer, std::uint64_t last,
                                       const std::string& to) {
  const Log& log = logs_[writer];
  replica::Core& core = space_.core(to);
  const store::LogRow* row = core.logs.find(log.id);
  const std::uint64_t held = row == nullptr ? 0 : row->head.seq;
  if (held >= last) return peer::InboundResult::stored;
  log::Writer log_writer = fresh_writer(log);
  log::Sealer sealer;
  std::vector<Bytes> seals;
  const auto sign = [&] {
    const auto& key = space_.core(device_).identity.keys.signing.secret_key;
    seals.push_back(wire::encode(sealer.sign(log.identity, log.id, key)));
    sealer.sealed();
  };
  std::size_t bytes = 0;
  for (std::uint64_t seq = 1; seq <= last; ++seq) {
    const Block& block = log.blocks[seq - 1];
    log_writer.append_packed(block.packed, block.packed.size(), block.transaction_end);
    if (seq == held) (void)log_writer.take();
    if (seq <= held) continue;
    bytes += block.packed.size();
    if (!block.transaction_end && seq != last) continue;
    sealer.add(log_writer.head(), std::exchange(bytes, 0));
    if (sealer.full()) sign();
  }
  if (sealer.unsealed()) sign();
  auto result = replica::store_inbound(core, log_writer.take(), seals);
  EXPECT_TRUE(result) << (result ? "" : result.error().message());
  return result ? *result : peer::InboundResult::quarantined;
}

void TestWriters::bring_all(const std::string& to) {
  for (std::size_t i = 0; i < size(); ++i) bring(i, last(i), to);
}

store::ForkProof TestWriters::fork_proof(std::size_t writer) const {
  const Log& log = logs_[writer];
  const auto sign = [&](const crypto::Hash& hash) {
    const log::Writer::Identity& identity = log.identity;
    return wire::encode(log::sign_seal(
        identity.space, space_.core(device_).identity.keys.signing.secret_key,
        {log.id.compartment, identity.device_key, identity.instance, {{last(writer), hash}}}));
  };
  const crypto::Hash& hash = log.blocks.back().hash;
  return {sign(hash), sign(crypto::hash("another history", {hash.view()}))};
}

std::string projection_bytes(replica::Core& core) {
  std::string all;
  for (const Family family : {Family::documents, Family::index}) {
    const auto rows = core.store->scan(family, {}, {});
    for (; rows->valid(); rows->next()) {
      all += to_hex(rows->key()) + " = " + to_hex(rows->value()) + '\n';
    }
  }
  return all;
}

}  // namespace relais::testing
