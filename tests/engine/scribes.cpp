#include "engine/scribes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"
#include "engine/projection/contexts.h"
#include "engine/projection/folding.h"

namespace relais::testing {

using store::Family;

Scribes::Scribes(Ward& ward, std::string device, std::size_t count)
    : ward_(ward), device_(std::move(device)) {
  const engine::Core& core = ward_.core(device_);
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
    logs_.back().writer.push_back(fresh_writer(logs_.back()));
  }
}

log::Writer Scribes::fresh_writer(const Log& log) const {
  return {log.identity, log.id, ward_.core(device_).genesis(log.id), log.run, key_};
}

document::HeadPrefix Scribes::prefix(std::size_t scribe, std::uint64_t seq) const {
  const auto& blocks = logs_[scribe].blocks;
  if (seq == 0 || seq > blocks.size()) return {};
  return *document::HeadPrefix::from(
      blocks[seq - 1].hash.view().substr(0, document::HeadPrefix::kSize));
}

std::vector<std::uint64_t> Scribes::transaction_ends(std::size_t scribe) const {
  std::vector<std::uint64_t> ends;
  const auto& blocks = logs_[scribe].blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].transaction_end) ends.push_back(i + 1);
  }
  return ends;
}

void Scribes::write_packed(std::size_t scribe, Bytes packed, bool transaction_end) {
  Log& log = logs_[scribe];
  log.writer[0].append_packed(packed, packed.size(), transaction_end);
  log.blocks.push_back({std::move(packed), transaction_end, log.writer[0].head().hash});
}

void Scribes::write(std::size_t scribe, BytesView change, bool transaction_end) {
  write_packed(scribe, Bytes(packer_.pack(change, log::kCurrentDictionary)), transaction_end);
}

void Scribes::write(std::size_t scribe, const document::Change& change, bool transaction_end) {
  write(scribe, document::encode(change, next(scribe)), transaction_end);
}

peer::Host::Fate Scribes::bring(std::size_t scribe, std::uint64_t last, const std::string& to) {
  const Log& log = logs_[scribe];
  engine::Core& core = ward_.core(to);
  const store::LogRow* row = core.logs.find(log.id);
  const std::uint64_t held = row == nullptr ? 0 : row->head.seq;
  if (held >= last) return peer::Host::Fate::stored;
  log::Writer writer = fresh_writer(log);
  log::Sealer sealer;
  std::vector<Bytes> seals;
  const auto sign = [&] {
    const auto& key = ward_.core(device_).identity.keys.signing.secret_key;
    seals.push_back(wire::encode(sealer.sign(log.identity, log.id, key)));
    sealer.sealed();
  };
  std::size_t bytes = 0;
  for (std::uint64_t seq = 1; seq <= last; ++seq) {
    const Block& block = log.blocks[seq - 1];
    writer.append_packed(block.packed, block.packed.size(), block.transaction_end);
    if (seq == held) (void)writer.take();
    if (seq <= held) continue;
    bytes += block.packed.size();
    if (!block.transaction_end && seq != last) continue;
    sealer.add(writer.head(), std::exchange(bytes, 0));
    if (sealer.full()) sign();
  }
  if (sealer.unsealed()) sign();
  auto fate = engine::take_in(core, writer.take(), seals);
  EXPECT_TRUE(fate) << (fate ? "" : fate.error().message());
  return fate ? *fate : peer::Host::Fate::quarantined;
}

void Scribes::bring_all(const std::string& to) {
  for (std::size_t i = 0; i < size(); ++i) bring(i, last(i), to);
}

namespace {

/// Writes rows under global names.
class Dump {
 public:
  explicit Dump(engine::Core& core) : core_(core) {}

  std::string run() {
    const auto documents = core_.store->scan(Family::documents, {}, {});
    for (; documents->valid(); documents->next()) {
      document(documents->key(), documents->value());
    }
    const auto rows = core_.store->scan(Family::index, {}, {});
    for (; rows->valid(); rows->next()) index(rows->key(), rows->value());
    std::sort(lines_.begin(), lines_.end());
    std::string all;
    for (const std::string& line : lines_) all += line + '\n';
    return all;
  }

 private:
  std::string place(store::LogNo log, std::uint64_t seq) const {
    const store::LogRow* row = core_.logs.find(log);
    EXPECT_NE(row, nullptr);
    return row == nullptr ? "?" : to_hex(row->id.author.view()) + '/' + std::to_string(seq);
  }

  void document(BytesView key, BytesView value) {
    const auto record = store::decode_document_record(value);
    ASSERT_TRUE(record);
    std::string line = "document " + to_hex(key) + (record->conflicts ? " conflicts" : "") +
                       (record->divided ? " divided" : "") + (record->waiting ? " waiting" : "") +
                       (record->damaged ? " damaged" : "");
    const auto state = core_.documents.state(core_.control, *core_.store, key, *record);
    ASSERT_TRUE(state) << state.error().message();
    line += " state " + to_hex(state->canonical());
    std::vector<std::string> places;
    for (const auto& at : record->tail) places.push_back(place(at.log, at.seq));
    const auto folded = engine::folded_places(*core_.store, key);
    for (const auto& at : *folded) {
      places.push_back(place(at.log, at.seq));
    }
    std::sort(places.begin(), places.end());
    for (const std::string& at : places) line += ' ' + at;
    places.clear();
    for (const auto& author : record->authors) {
      if (record->counted) places.push_back(place(author.log, author.bytes));
    }
    std::sort(places.begin(), places.end());
    for (const std::string& at : places) line += " bytes " + at;
    lines_.push_back(line);
  }

  void index(BytesView key, BytesView value) {
    Reader in(key.substr(1));
    std::string line(1, key[0]);
    switch (key[0]) {
      case store::index::kFolded:
      case store::index::kChunk: return;  // told with the document
      case store::index::kWaiting:
      case store::index::kOfDocument:
      case store::index::kDependsOn:
      case store::index::kQueued:
      case store::index::kVector: {
        line += to_hex(in.sized(limits::kStoreKeyBytes)) + ' ';
        const store::LogNo log = in.u32();
        line += place(log, in.u64());
        break;
      }
      case store::index::kContent: line += to_hex(in.sized(limits::kStoreKeyBytes)); break;
      case store::index::kSetAside: {
        const store::LogNo log = in.u32();
        line += place(log, in.u64());
        break;
      }
      case store::index::kDependent: {
        line += to_hex(in.take(4 + AuthorId::kSize + 8)) + ' ';
        line += to_hex(in.sized(limits::kStoreKeyBytes)) + ' ';
        const store::LogNo log = in.u32();
        line += place(log, in.u64());
        break;
      }
      default: break;
    }
    if (key[0] == store::index::kQueued) {
      const store::LogNo log = in.u32();
      line += ' ' + place(log, in.u64());
    }
    line += ' ' + to_hex(in.rest());
    if (key[0] == store::index::kVector) {
      const auto context = engine::decode_context(value, core_.logs).value();
      for (const auto& entry : context.entries()) {
        line += ' ' + to_hex(entry.author.view()) + '/' + std::to_string(entry.seq);
      }
      for (const auto& entry : context.exceptions()) {
        line += " not " + to_hex(entry.author.view()) + '/' + std::to_string(entry.seq);
      }
    } else {
      line += ' ' + to_hex(value);
    }
    lines_.push_back(line);
  }

  engine::Core& core_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string projection_dump(engine::Core& core) { return Dump(core).run(); }

std::string projection_bytes(engine::Core& core) {
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
