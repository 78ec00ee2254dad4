// Rows of a store as a damaged disk may return them: records, blocks, keys, seals and the log
// table. What decodes encodes to the same meaning, and nothing aborts. docs/spec/store.md.
#include "base/check.h"
#include "base/limits.h"
#include "document/state/state.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "log/author.h"
#include "store/memory/memory_store.h"
#include "store/tables/document_record.h"
#include "store/tables/peer_memory.h"
#include "store/tables/seals.h"

namespace relais::fuzz {
namespace {

using store::Batch;
using store::Durability;
using store::Family;
using store::LogTable;

void check_record(BytesView bytes) {
  const auto record = store::decode_document_record(bytes);
  if (!record) return check_error(record.error());
  const Bytes again = store::encode(*record);
  const auto twice = store::decode_document_record(again);
  RELAIS_CHECK(twice && store::encode(*twice) == again);
  RELAIS_CHECK(twice->authors == record->authors && twice->tail == record->tail);
  RELAIS_CHECK(twice->checkpoint == record->checkpoint);
  RELAIS_CHECK(twice->conflicts == record->conflicts && twice->waiting == record->waiting);
  for (const auto& position : record->tail) {
    RELAIS_CHECK(record->counted || record->last(position.log) >= position.seq);
    RELAIS_CHECK(record->in_tail(position));
  }
  if (!record->checkpoint.empty()) (void)document::State::decode(record->checkpoint);
}

void check_block(BytesView bytes) {
  const auto block = store::decode_block(bytes);
  if (!block) return check_error(block.error());
  RELAIS_CHECK(store::encode(block->transaction_end, block->before, block->block) == bytes);
}

void check_keys(Input& input) {
  const BytesView bytes = input.rest();
  (void)store::seq_of(bytes);
  const auto name = store::parse_document_key(bytes);
  if (!name) return;
  // The text of a UUID is stored as 16 bytes, the only second form of a key.
  const Bytes key = store::document_key(name->compartment, name->address);
  const auto again = store::parse_document_key(key);
  RELAIS_CHECK(again && again->address == name->address);
  RELAIS_CHECK(again->compartment == name->compartment);
  RELAIS_CHECK(key.substr(0, 4) == store::document_prefix(name->compartment));
}

const DeviceId& peer() {
  static const auto kPeer = filled_with<DeviceId>(3);
  return kPeer;
}

/// A store with two logs, a run, a seal and a peer, since which one log has grown.
void fill(store::Store& disk, log::TestAuthor& author) {
  LogTable logs = LogTable::load(disk).value();
  store::Commit commit(logs);
  commit.intern_compartment(author.log.compartment);
  const log::Head genesis = log::genesis(author.space, author.log);
  const store::LogRow row = commit.intern(author.log, author.pair.public_key, genesis);
  const log::LogId other{author.log.compartment, filled_with<AuthorId>(7)};
  commit.intern(other, author.pair.public_key, genesis);
  commit.add_run(row.no, 1, log::encode(author.run));
  const Bytes seal = author.seal({{1, filled_with<crypto::Hash>(1)}, {5, {}}});
  RELAIS_CHECK(store::add_seals(commit, disk, row.no, nullptr, {seal}, false).has_value());
  commit.add_fork(row.no, {seal, seal});
  const store::PeerMemory memory{0, Bytes(limits::kCheckpointBytes, 'c'), {{1, 4}}};
  RELAIS_CHECK(store::remember_peer(commit, disk, peer(), memory).has_value());
  RELAIS_CHECK(commit.write(disk, Durability::buffered).has_value());
  store::LogRow grown = row;
  grown.head.seq = 5;
  commit.update(grown);
  RELAIS_CHECK(commit.write(disk, Durability::buffered).has_value());
}

/// What is remembered of a peer, and what has grown since, as far as they can be read; then the
/// peer is remembered anew.
void check_peers(store::Store& disk, LogTable& logs) {
  const auto memory = store::find_peer_memory(disk, peer());
  if (!memory) return check_error(memory.error());
  if (*memory) {
    const auto grown = store::grown_since(disk, **memory);
    if (!grown) check_error(grown.error());
    RELAIS_CHECK(!grown || grown->size() >= (*memory)->ends.size());
  }
  store::Commit commit(logs);
  const store::PeerMemory now{0, Bytes(limits::kCheckpointBytes, 'd'), {}};
  const Status remembered = store::remember_peer(commit, disk, peer(), now);
  if (!remembered) return check_error(remembered.error());
  RELAIS_CHECK(commit.write(disk, Durability::buffered).has_value());
}

/// Changes rows of the meta family, driven by the input.
void damage(Input& input, store::Store& disk) {
  for (std::size_t i = 1 + input.below(4); i > 0; --i) {
    std::vector<std::pair<Bytes, Bytes>> rows;
    for (auto iterator = disk.scan(Family::meta, {}, {}); iterator->valid(); iterator->next()) {
      rows.emplace_back(iterator->key(), iterator->value());
    }
    if (rows.empty()) return;
    auto [key, value] = rows[input.below(rows.size())];
    Batch batch;
    if (input.chance()) {
      batch.remove(Family::meta, key);
      mutate(input, key);
    }
    mutate(input, value);
    if (input.below(8) != 7) batch.put(Family::meta, key, value);
    if (!disk.commit(batch, Durability::buffered)) return;
  }
}

void check_table(Input& input) {
  static log::TestAuthor author;
  const auto disk = store::make_memory_store();
  fill(*disk, author);
  damage(input, *disk);
  auto logs = LogTable::load(*disk);
  if (!logs) return check_error(logs.error());
  for (const auto& [id, row] : logs->rows()) {
    RELAIS_CHECK(row.id == id && logs->find(id) == &row);
    const auto seals = store::seals_after(*disk, row.no, input.byte());
    if (!seals) continue;
    for (const store::StoredSeal& seal : *seals) {
      const auto verified = log::verify_seal(seal.encoded, author.space);
      if (!verified) check_error(verified.error());
    }
    if (const auto run = logs->run(row.no, input.u64())) (void)log::decode_run_header(*run);
    (void)logs->compartment_no(id.compartment);
  }
  check_peers(*disk, *logs);
  store::Commit commit(*logs);
  const Bytes seal(input.sized());
  if (const store::LogRow* row = logs->find(store::LogNo{0})) {
    const auto fork = store::find_fork(*disk, *logs, row->id, {seal});
    if (!fork) check_error(fork.error());
    const Status added = store::add_seals(commit, *disk, 0, nullptr, {seal}, input.chance());
    if (!added) check_error(added.error());
  }
  const log::LogId fresh{author.log.compartment, filled_with<AuthorId>(9)};
  const log::Head genesis = log::genesis(author.space, fresh);
  const store::LogRow made = commit.intern(fresh, author.pair.public_key, genesis);
  RELAIS_CHECK(commit.write(*disk, Durability::buffered).has_value());
  const auto again = LogTable::load(*disk);
  RELAIS_CHECK(again.has_value() && again->find(fresh) != nullptr);
  RELAIS_CHECK(again->find(fresh)->no == made.no && again->rows().size() == logs->rows().size());
}

}  // namespace

void run(Input& input) {
  switch (input.below(4)) {
    case 0: return check_record(input.rest());
    case 1: return check_block(input.rest());
    case 2: return check_keys(input);
    default: return check_table(input);
  }
}

}  // namespace relais::fuzz
