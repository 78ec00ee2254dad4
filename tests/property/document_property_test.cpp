#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "document/json/json.h"
#include "document/state/table.h"
#include "property/history.h"
#include "property/oracle.h"

namespace relais::document {
namespace {

using Commands = std::vector<std::uint32_t>;

std::set<Oracle::Seen> seen(const State& state, const Dots& dots, const std::string& value = {}) {
  std::set<Oracle::Seen> out;
  for (const LocalDot& dot : dots) {
    out.insert({value, state.table().changes.global(dot)});
  }
  return out;
}

std::set<Oracle::Seen> values_at(const State& state, const Node* node, FieldKind kind) {
  std::set<Oracle::Seen> out;
  for (const Versioned& version : node ? node->versions(kind) : Versions{}) {
    const std::string value = to_json(version.value) + " #" + std::to_string(version.rank);
    out.merge(seen(state, {version.dot}, value));
  }
  return out;
}

std::set<Oracle::Seen> marks_at(const State& state, const Node* node) {
  std::set<Oracle::Seen> out;
  if (node == nullptr || !node->extras) return out;
  for (const Mark& mark : node->extras->rare->marks) {
    const std::string reason = mark.reason.value_or("");
    out.merge(seen(state, {mark.dot}, reason + (mark.contested ? " contested" : "")));
  }
  return out;
}

std::set<Oracle::Seen> moves_at(const State& state, const Node* node) {
  std::set<Oracle::Seen> out;
  if (node == nullptr || !node->extras) return out;
  for (const Moved& move : node->extras->rare->moves) {
    const Dot element = state.table().changes.global(move.element);
    out.merge(seen(state, {move.dot},
                   to_hex(element.author.view()) + "." + std::to_string(element.seq) + "." +
                       std::to_string(element.index)));
  }
  return out;
}

std::set<Oracle::Seen> set_at(const State& state, const Node* node) {
  std::set<Oracle::Seen> out;
  if (node == nullptr || !node->extras) return out;
  for (const SetElement& element : node->extras->set) {
    out.merge(seen(state, element.dots, to_json(element.value)));
  }
  return out;
}

std::vector<Dot> order_at(const State& state, const Node* node) {
  std::vector<Dot> out;
  if (node == nullptr || !node->extras) return out;
  const Sequence& order = node->extras->list;
  for (auto run = order.head(); run != Sequence::kNone; run = order.run(run).after) {
    for (std::uint32_t i = 0; i < order.run(run).length; ++i) {
      out.push_back(state.table().changes.global(order.unit({run, i})));
    }
  }
  return out;
}

/// A list is in order of its units: each element is at the unit of its latest move, or else at its
/// own.
void check_places(const Oracle& oracle, const State& state, const Path& path) {
  const Node* node = state.table().find(path);
  if (node == nullptr) return;
  const ChangeTable& changes = state.table().changes;
  const std::vector<Dot> order = oracle.order(path);
  const std::set<Oracle::Seen> moves = oracle.moves(path);
  auto at = order.begin();
  for (const ListItem& item : live_elements(changes, *node)) {
    RC_ASSERT(item.unit.has_value());
    const Dot unit = changes.global(*item.unit);
    at = std::find(at, order.end(), unit);
    RC_ASSERT(at != order.end());
    const Dot element = changes.global(item.child->element);
    const std::string words = to_hex(element.author.view()) + "." + std::to_string(element.seq) +
                              "." + std::to_string(element.index);
    Dot expected = element;
    Stamp latest;
    for (const Oracle::Seen& move : moves) {
      const Stamp stamp = oracle.stamp(move.dot);
      if (move.value != words) continue;
      if (expected == element || stamp > latest || (stamp == latest && move.dot > expected)) {
        expected = move.dot;
        latest = stamp;
      }
    }
    RC_ASSERT(unit == expected);
  }
}

/// Every facet of every path ever written, hidden ones included.
void check_against(const Oracle& oracle, const State& state) {
  for (const Path& path : oracle.paths()) {
    const Node* node = state.table().find(path);
    for (const FieldKind kind : kRegisters) {
      RC_ASSERT(values_at(state, node, kind) == oracle.values(path, kind));
    }
    RC_ASSERT(marks_at(state, node) == oracle.marks(path));
    RC_ASSERT(moves_at(state, node) == oracle.moves(path));
    for (const FieldKind kind : kKinds) {
      const Dots dots = node != nullptr ? node->present(kind) : Dots{};
      RC_ASSERT(seen(state, dots) == oracle.present(path, kind));
    }
    RC_ASSERT(set_at(state, node) == oracle.set(path));
    RC_ASSERT((node != nullptr ? visible_text(*node) : std::string()) == oracle.text(path));
    RC_ASSERT(order_at(state, node) == oracle.order(path));
    check_places(oracle, state, path);
    const Wide count = node != nullptr ? counter_value(state.table().changes, *node) : Wide{0};
    RC_ASSERT(static_cast<std::int64_t>(count) == oracle.count(path));
  }
}

std::vector<const Written*> written_by(const History& history, const Device& device) {
  std::vector<const Written*> changes;
  for (const std::size_t number : device.applied) changes.push_back(&history.changes[number]);
  return changes;
}

RC_GTEST_PROP(Document, EveryWriteNotOverwrittenIsThereAndNothingElse, (const Commands& commands)) {
  const History history = play(commands);
  for (const Device& device : history.devices) {
    check_against(Oracle(written_by(history, device)), device.state);
  }
}

RC_GTEST_PROP(Document, WhatIsInsertedAtOnePlaceStandsInTheOrderOfFugueMax,
              (const Commands& commands)) {
  History history = play(commands, Edits::crowded);
  for (const Device& device : history.devices) {
    check_against(Oracle(written_by(history, device)), device.state);
  }
  State merged = history.devices[0].state;
  for (const Device& device : history.devices)
    merged.merge(*State::decode(device.state.canonical()));
  history.settle(static_cast<std::uint32_t>(commands.size()));
  check_against(Oracle(written_by(history, history.devices[0])), history.devices[0].state);
  RC_ASSERT(merged.canonical() == history.devices[0].state.canonical());
}

RC_GTEST_PROP(Document, TheSameChangesGiveTheSameBytesInAnyOrder, (const Commands& commands)) {
  History history = play(commands);
  history.settle(static_cast<std::uint32_t>(commands.size()));
  for (const Device& device : history.devices) {
    RC_ASSERT(device.state.canonical() == history.devices[0].state.canonical());
    RC_ASSERT(to_json({&device.state}) == to_json({&history.devices[0].state}));
  }
  if (history.changes.empty()) return;
  const State replayed = history.replay({&history.devices[0]}, 12345);
  RC_ASSERT(replayed.canonical() == history.devices[0].state.canonical());
}

RC_GTEST_PROP(Document, MergingStatesEqualsReplayingTheirChanges, (const Commands& commands)) {
  const History history = play(commands);
  if (history.changes.empty()) return;
  for (std::size_t i = 0; i + 1 < history.devices.size(); ++i) {
    const Device& a = history.devices[i];
    const Device& b = history.devices[i + 1];
    State merged = a.state;
    merged.merge(b.state);
    const State replayed = history.replay({&a, &b}, 99);
    RC_ASSERT(merged.canonical() == replayed.canonical());
    // A merged state can be edited.
    Device onward{a.author, a.last_seq, a.applied, merged};
    for (const std::size_t number : b.applied) {
      if (!history.has(onward, number)) onward.applied.push_back(number);
    }
    for (std::size_t number = 0; number < history.changes.size(); ++number) {
      if (!history.has(onward, number)) (void)history.deliver(onward, number);
    }
    RC_ASSERT(onward.state.canonical() == history.replay({&onward}, 7).canonical());
  }
}

RC_GTEST_PROP(Document, MergeCommutesAssociatesAndIsIdempotent, (const Commands& commands)) {
  const History history = play(commands);
  const State& a = history.devices[0].state;
  const State& b = history.devices[1].state;
  const State& c = history.devices.back().state;
  const auto join = [](State x, const State& y) {
    x.merge(y);
    return x;
  };
  RC_ASSERT(join(a, b).canonical() == join(b, a).canonical());
  RC_ASSERT(join(join(a, b), c).canonical() == join(a, join(b, c)).canonical());
  RC_ASSERT(join(a, a).canonical() == a.canonical());
  RC_ASSERT(join(join(a, b), b).canonical() == join(a, b).canonical());
}

RC_GTEST_PROP(Document, AStoredStateIsTheStateAndGoesOnAsIt, (const Commands& commands)) {
  History history = play(commands);
  for (Device& device : history.devices) {
    const Bytes bytes = device.state.canonical();
    auto decoded = State::decode(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->canonical() == bytes);
    RC_ASSERT(decoded->context() == device.state.context());
    device.state = std::move(*decoded);
  }
  const State merged_before = history.devices[0].state;
  history.settle(3);
  for (const Device& device : history.devices) {
    check_against(Oracle(written_by(history, device)), device.state);
    RC_ASSERT(device.state.canonical() == history.devices[0].state.canonical());
  }
  State merged = merged_before;
  merged.merge(*State::decode(history.devices[1].state.canonical()));
  RC_ASSERT(merged.canonical() == history.devices[1].state.canonical());
}

RC_GTEST_PROP(Document, WhatIsDamagedIsRefusedOrReadInOneWayOnly,
              (const Commands& commands, const std::vector<std::uint32_t>& damage)) {
  const History history = play(commands);
  for (const Written& written : history.changes) {
    Bytes bytes = encode(written.change, written.position);
    for (const std::uint32_t place : damage) {
      bytes[part(place, 1, static_cast<std::uint32_t>(bytes.size()))] ^=
          static_cast<char>(1U << part(place, 2, 8));
      const auto change = decode_change(bytes, written.position);
      const auto summary = inspect_change(bytes, written.position);
      RC_ASSERT(change.has_value() == summary.has_value());
      if (change) RC_ASSERT(encode(*change, written.position) == bytes);
    }
  }
  for (const Device& device : history.devices) {
    Bytes bytes = device.state.canonical();
    for (const std::uint32_t place : damage) {
      bytes[part(place, 3, static_cast<std::uint32_t>(bytes.size()))] ^=
          static_cast<char>(1U << part(place, 4, 8));
      const auto state = State::decode(bytes);
      if (!state) continue;
      const Bytes again = state->canonical();
      RC_ASSERT(State::decode(again)->canonical() == again);
      State merged = device.state;
      merged.merge(*state);  // any content: no crash
      (void)to_json({&merged});
    }
  }
}

}  // namespace
}  // namespace relais::document
