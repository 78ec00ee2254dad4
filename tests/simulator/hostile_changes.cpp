// Contexts, stamps and bytes of changes that no honest program would write.
#include "simulator/hostile_changes.h"

#include <algorithm>

#include "base/limits.h"
#include "document/json/json.h"
#include "log/block.h"
#include "log/packing.h"

namespace relais::simulator {
namespace {

using document::Change;
using document::Dot;
using document::Position;
namespace op = document::op;

document::HeadPrefix prefix_of(const crypto::Hash& hash) {
  return *document::HeadPrefix::from(hash.view().substr(0, document::HeadPrefix::kSize));
}

document::HeadPrefix prefix_at(const replica::Core& core, const store::LogRow& row,
                               std::uint64_t seq) {
  if (seq == row.head.seq) return prefix_of(row.head.hash);
  const auto next = core.store->get(store::Family::log, store::block_key(row.no, seq + 1));
  const auto block = next && *next ? store::decode_block(**next) : Result<store::StoredBlock>({});
  return block ? prefix_of(block->before) : document::HeadPrefix();
}

void note_dots(const replica::LocatedChange& placed, Sight& sight) {
  const Change& change = placed.change;
  Dot at{placed.position.author, placed.position.seq, 0};
  if (change.content) at = {*change.content, 1, 0};
  for (const document::Op& one : change.ops) {
    sight.all.push_back(at);
    if (std::holds_alternative<op::Set>(one.what)) sight.values.push_back(at);
    if (std::holds_alternative<op::Insert>(one.what)) sight.elements.push_back(at);
    if (std::holds_alternative<op::Delete>(one.what)) sight.marks.push_back(at);
    if (const auto* text = std::get_if<op::InsertText>(&one.what)) {
      sight.characters.push_back(at);
      // Each code point has an index; text that is not ASCII makes the rest a guess.
      at.index += static_cast<std::uint32_t>(text->text.size());
    } else {
      ++at.index;
    }
  }
}

}  // namespace

Sight look_at(replica::Core& core, const CompartmentId& compartment,
              const document::Address& address) {
  Sight sight;
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.compartment != compartment || row.head.seq == 0) continue;
    sight.heads.push_back({{id.author, row.head.seq}, prefix_of(row.head.hash)});
  }
  const auto no = core.logs.compartment_no(compartment);
  if (!no) return sight;
  const Bytes key = store::document_key(*no, address);
  const auto record = replica::Documents::record(*core.store, key);
  if (!record || record->damaged) return sight;
  const auto changes = core.documents.changes(core.control, *core.store, key, *record);
  if (!changes) return sight;
  for (const replica::LocatedChange& placed : *changes) {
    note_dots(placed, sight);
    if (placed.change.content) sight.contents.push_back(*placed.change.content);
    const store::LogRow* row = core.logs.find(placed.at.log);
    sight.changes[placed.position.author].push_back(
        {placed.position, prefix_at(core, *row, placed.position.seq)});
  }
  for (auto& [author, places] : sight.changes) {
    std::sort(places.begin(), places.end(),
              [](const CitedPlace& a, const CitedPlace& b) { return a.at < b.at; });
  }
  return sight;
}

Bytes HostileChanges::packed(const Place& place, const Sight& sight) {
  if (chance_.one_in(30)) return garbage();
  Bytes bytes;
  if (chance_.one_in(10)) {
    bytes = by_content(place);
  } else if (chance_.one_in(25)) {
    bytes = too_deep(place);
  } else {
    bytes = encoded(place, sight);
  }
  if (chance_.one_in(25) && !bytes.empty()) {
    count("a wrong byte in a change");
    bytes[chance_.below(bytes.size())] ^= static_cast<char>(1 << chance_.below(8));
  }
  // No writer packs more; an inflating change is made elsewhere.
  bytes.resize(std::min(bytes.size(), limits::kChangeBytes));
  return Bytes(log::Packer().pack(bytes, log::kCurrentDictionary));
}

Bytes HostileChanges::large(const Place& place, const Sight& sight) {
  count("a large change");
  Change change = blank(place);
  cite(change, place, sight);
  const std::uint64_t strings = chance_.one_in(4) ? 3 : 1;
  for (std::uint64_t i = 0; i < strings; ++i) {
    document::Path at{place.sections.front(), "large" + std::to_string(chance_.below(3))};
    change.ops.push_back({at, op::Set{Value(to_hex(chance_.bytes(30'000))), {}}});
  }
  return Bytes(log::Packer().pack(document::encode(change, place.self), log::kCurrentDictionary));
}

/// Bytes that are no change: an unknown packing, a broken frame, one that inflates without end.
Bytes HostileChanges::garbage() {
  switch (chance_.below(4)) {
    case 0: count("an unknown way of packing"); return "\x7fno such way";
    case 1: count("a broken frame"); return Bytes(1, '\1') + chance_.bytes(40);
    case 2: count("bytes that are no change"); return Bytes(1, '\0') + chance_.bytes(60);
    default: break;
  }
  count("a change that inflates");
  // RFC 8878: a frame header without a size, a window of 128 KiB, and blocks of one byte repeated.
  Bytes frame("\x02\x00\x38", 3);
  const std::uint64_t blocks = 1 + chance_.below(3);
  for (std::uint64_t i = 1; i <= blocks; ++i) {
    const std::uint32_t header = (i == blocks ? 1 : 0) | 1U << 1 | std::uint32_t{100'000} << 3;
    for (int shift = 0; shift < 24; shift += 8) frame.push_back(static_cast<char>(header >> shift));
    frame.push_back('a');
  }
  return frame;
}

/// A path of 17 steps, which the encoder does not write: the second op shares 16 steps with the
/// first, and has one more.
Bytes HostileChanges::too_deep(const Place& place) {
  count("a path beyond the limit");
  Change change = blank(place);
  document::Path path{place.sections.front()};
  while (path.size() < limits::kNestingDepth) path.emplace_back("n");
  for (int i = 0; i < 2; ++i) change.ops.push_back({path, op::Set{Value(i), {}}});
  Bytes bytes = document::encode(change, place.self);
  const std::size_t shared = bytes.rfind("\x90\x02");  // varint 17 * 16
  if (shared != Bytes::npos) bytes.replace(shared, 2, "\x91\x02\x02n");
  return bytes;
}

/// One of a few contents, so that many carry the same; or a part of an import whose rest is
/// missing.
Bytes HostileChanges::by_content(const Place& place) {
  count("a change by content");
  document::Importer importer;
  const std::string value = std::to_string(chance_.below(3));
  const std::string doc = R"({")" + place.sections.front() + R"(":{"status":")" + value +
                          R"(","visits":["v)" + value + R"("]}})";
  const auto line = importer.parse(R"({"collection":"cases","id":"x0","doc":)" + doc + "}");
  std::vector<Bytes> parts;
  if (!line || place.address.id != "x0" ||
      !importer.encode(
          place.compartment, stamp(place), {}, [](std::string_view) { return true; },
          [] { return TransactionId{}; }, parts)) {
    return Bytes(1, '\0');
  }
  if (!chance_.one_in(3)) return parts.front();
  auto change = document::decode_change(parts.front(), place.self, place.compartment);
  if (!change) return parts.front();
  count("a part of an import that isn't there");
  change->cites.contents = {chance_.one_in(2) ? *change->content : chance_.draw<AuthorId>()};
  change->cites.own_before = place.self.seq - 1;
  return document::encode(*change, place.self);
}

Change HostileChanges::blank(const Place& place) {
  Change change;
  change.address = place.address;
  change.stamp = stamp(place);
  change.cites.own_before = place.own_before;
  if (chance_.one_in(8)) change.attribution.wall_offset_ms = wall_offset();
  return change;
}

Bytes HostileChanges::encoded(const Place& place, const Sight& sight) {
  Change change = blank(place);
  if (chance_.one_in(30)) {
    count("an address with control or bidirectional characters");
    change.address.id = chance_.one_in(2) ? "x\u202e0" : "x\x1b[2J";
  }
  if (chance_.one_in(60)) change.address.collection = Bytes(limits::kCollectionBytes + 1, 'c');
  cite(change, place, sight);
  const std::uint64_t ops = 1 + chance_.below(4);
  for (std::uint64_t i = 0; i < ops; ++i) add_op(change, place, sight);
  if (chance_.one_in(20)) {
    change.attribution.user = chance_.one_in(2) ? "nurse\u202eegrun" : "nurse\x1b]0;x";
  }
  return document::encode(change, place.self);
}

document::Stamp HostileChanges::stamp(const Place& place) {
  const auto at = [](std::uint64_t ms) { return document::Stamp{ms << 16}; };
  if (!chance_.one_in(8)) return at(static_cast<std::uint64_t>(place.now_ms));
  count("a stamp of another time");
  static constexpr std::uint64_t kStart = 1'577'836'800'000;  // 2020-01-01
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 48) - 1;
  const document::Stamp stamps[] = {{0},        {1},     at(10'413'792'000'000), at(kMost),
                                    at(kStart), {~0ULL}, at(kStart - 1),         {kMost}};
  return stamps[chance_.below(8)];
}

std::int64_t HostileChanges::wall_offset() {
  count("an extreme wall clock");
  static constexpr std::int64_t kOffsets[] = {
      INT64_MIN, INT64_MAX,        document::kMostWallOffsetMs + 1, -document::kMostWallOffsetMs,
      -1,        4'000'000'000'000};
  return kOffsets[chance_.below(std::size(kOffsets))];
}

void HostileChanges::cite(Change& change, const Place& place, const Sight& sight) {
  document::Citations& cites = change.cites;
  cite_authors(cites, place, sight);
  if (chance_.one_in(4)) cite_falsely(cites, place, sight);
  if (!chance_.one_in(50)) {
    std::sort(cites.cited.begin(), cites.cited.end(),
              [](const auto& a, const auto& b) { return a.author < b.author; });
  }
  if (chance_.one_in(3) && cites.cited.size() <= limits::kListedEntries) {
    count("a listed context");
    cites.whole = false;
  }
  if (!sight.contents.empty() && chance_.one_in(4)) {
    cites.contents = {chance_.pick(sight.contents)};
  }
  if (chance_.one_in(40)) {
    count("a content of no one");
    cites.contents = {chance_.draw<AuthorId>()};
  }
}

/// Cites all authors as an honest program would, or some, or at older places.
void HostileChanges::cite_authors(document::Citations& cites, const Place& place,
                                  const Sight& sight) {
  const bool all = chance_.one_in(2);
  for (const auto& [author, places] : sight.changes) {
    if (author == place.self.author || (!all && chance_.one_in(2))) continue;
    const bool older = !all && chance_.one_in(3);
    const CitedPlace& cited = older ? chance_.pick(places) : places.back();
    cites.cited.push_back({author, cited.at.seq, cited.hash});
  }
  if (all && !cites.cited.empty()) count("a context that covers what honest devices wrote");
}

void HostileChanges::cite_falsely(document::Citations& cites, const Place& place,
                                  const Sight& sight) {
  if (cites.cited.empty()) return cite_other_places(cites, sight);
  auto& entry = cites.cited[chance_.below(cites.cited.size())];
  switch (chance_.below(8)) {
    case 0:
      count("a place that isn't written yet");
      entry.seq += 1 + chance_.below(3);
      break;
    case 1:
      count("a place that nobody will write");
      entry.seq = chance_.one_in(2) ? limits::kLastSeq : std::uint64_t{1} << 40;
      break;
    case 2:
      count("a wrong hash");
      entry.hash = {};
      break;
    case 3:
      count("a floor");
      if (entry.seq > 1) entry.floor = 1 + chance_.below(entry.seq);
      break;
    case 4:
      count("exceptions");
      for (std::uint64_t i = 0; i < 1 + chance_.below(3); ++i) {
        cites.exceptions.push_back({entry.author, 1 + chance_.below(entry.seq + 1)});
      }
      std::sort(cites.exceptions.begin(), cites.exceptions.end());
      break;
    case 5:
      count("another own change before");
      cites.own_before = chance_.below(place.self.seq + 1);
      break;
    case 6: {
      count("an author cited twice");
      const auto again = entry;
      cites.cited.push_back(again);
      break;
    }
    default: cite_other_places(cites, sight);
  }
}

/// Cites places of other documents, or an unknown author.
void HostileChanges::cite_other_places(document::Citations& cites, const Sight& sight) {
  if (sight.heads.empty() || chance_.one_in(5)) {
    count("an author that nobody knows");
    cites.cited.push_back({chance_.draw<AuthorId>(), 1 + chance_.below(9), {}});
    return;
  }
  count("a place of another document");
  const CitedPlace& other = chance_.pick(sight.heads);
  std::erase_if(cites.cited, [&](const auto& cited) { return cited.author == other.at.author; });
  cites.cited.push_back({other.at.author, other.at.seq, other.hash});
}

}  // namespace relais::simulator
