#include "property/history.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/state/table.h"
#include "document/view/read.h"

namespace relais::document {
namespace {

AuthorId author_of(std::uint32_t device) {
  // Not in the order of the devices: ids decide ties.
  static constexpr std::uint8_t kFirst[] = {0x70, 0x10, 0xf0, 0x40};
  AuthorId id;
  id.bytes.fill(kFirst[device]);
  id.bytes[15] = static_cast<std::uint8_t>(device);
  return id;
}

Path path(const Draft& draft, const std::string& text) {
  auto parsed = parse_path(text, draft.state());
  return parsed ? *parsed : Path{std::string("a")};
}

std::size_t elements(const Draft& draft, const std::string& list) {
  const auto field = read_field(draft.state(), path(draft, list));
  return field ? field->items.size() : 0;
}

Status edit_list(Draft& draft, std::uint32_t command) {
  static const char* const kItems[] = {"1", "\"w\"", "{}", "[]", "{\"x\":1,\"y\":2}", "[1,2,3]"};
  const std::string list = part(command, 20, 3) == 0 ? "m/l" : "l";
  const std::size_t size = elements(draft, list);
  const std::string item =
      list + "/" + std::to_string(size == 0 ? 0 : part(command, 21, 64) % size);
  switch (part(command, 22, 6)) {
    case 0:
      if (size > 0) return draft.erase(path(draft, item));
      [[fallthrough]];
    case 1:
      if (size > 0) return draft.put_json(path(draft, item + "/x"), kItems[part(command, 23, 6)]);
      [[fallthrough]];
    default:
      return draft.insert_json(path(draft, list),
                               size == 0 ? 0 : part(command, 24, 64) % (size + 1),
                               kItems[part(command, 23, 6)]);
  }
}

Status edit_text(Draft& draft, std::uint32_t command) {
  static const char* const kWords[] = {"a", "bc", "Ж", "🙂x", "hello", "", "def"};
  const Path at = path(draft, part(command, 30, 4) == 0 ? "m/t" : "t");
  const auto field = read_field(draft.state(), at);
  const std::string text = field ? field->text : std::string();
  if (part(command, 31, 5) == 0) {
    return draft.update_text(at, text.substr(0, text.find('b')) + kWords[part(command, 32, 7)]);
  }
  std::size_t size = 0;
  for (const char c : text) size += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  const std::size_t position = part(command, 33, 64) % (size + 1);
  const std::size_t removed = std::min<std::size_t>(part(command, 34, 3), size - position);
  return draft.splice_text(at, position, removed, kWords[part(command, 32, 7)]);
}

Status edit(Draft& draft, std::uint32_t command) {
  static const char* const kNames[] = {"a", "b", "m/x", "m/y", "m/n/z", "l"};
  static const char* const kAny[] = {"a", "b", "m", "m/x", "m/n", "l", "t", "s", "c", "", "m/c"};
  static const char* const kJson[] = {
      "{\"x\":1}", "{}", "[]", "[1,2]", "{\"n\":{\"z\":7},\"y\":null}", "3.5", "\"2024-02-29\""};
  const auto value = static_cast<std::int64_t>(part(command, 10, 4));
  const std::string counter = part(command, 14, 2) == 0 ? "c" : "m/c";
  switch (part(command, 11, 21)) {
    case 20: return draft.restore(path(draft, kAny[part(command, 12, 11)]));
    case 14: return draft.set_last_writer(path(draft, kNames[part(command, 12, 6)]), value);
    case 15:
      return draft.set_ranked(path(draft, kNames[part(command, 12, 6)]), value,
                              part(command, 15, 3));
    case 16:
      return draft.make_void(path(draft, kAny[part(command, 12, 11)]), std::to_string(value));
    case 17: {
      const std::string list = part(command, 20, 3) == 0 ? "m/l" : "l";
      const std::size_t size = elements(draft, list);
      if (size == 0) return {};
      return draft.move(path(draft, list), part(command, 16, 64) % size,
                        part(command, 17, 64) % size);
    }
    case 18: return draft.keep(path(draft, kAny[part(command, 12, 11)]));
    case 19:
      return draft.set(
          path(draft, "at"),
          Attachment{{}, value < 0 ? 0ULL : static_cast<std::uint64_t>(value), "image/png"});
    case 0:
    case 1: return draft.set(path(draft, kNames[part(command, 12, 6)]), value);
    case 2: return draft.erase(path(draft, kAny[part(command, 12, 11)]));
    case 3:
      return draft.put_json(path(draft, kAny[part(command, 12, 5)]), kJson[part(command, 13, 7)]);
    case 4: return draft.add(path(draft, "s"), value);
    case 5: return draft.remove(path(draft, "s"), value);
    case 6:
    case 7: return draft.count(path(draft, counter), value - 1);
    case 8:
    case 9:
    case 10: return edit_list(draft, command);
    default: return edit_text(draft, command);
  }
}

Status edit_crowded(Draft& draft, std::uint32_t command) {
  const Path at{std::string(part(command, 40, 3) == 0 ? "l" : "t")};
  const auto field = read_field(draft.state(), at);
  if (part(command, 40, 3) == 0) {
    const std::size_t size = field ? field->items.size() : 0;
    return draft.insert_json(at, part(command, 41, 3) % (size + 1), std::to_string(command % 10));
  }
  const std::size_t size = field ? field->text.size() : 0;
  const std::size_t position = part(command, 41, 4) % (size + 1);
  const std::size_t removed = part(command, 42, 6) == 0 && position < size ? 1 : 0;
  return draft.splice_text(at, position, removed,
                           std::string(1, static_cast<char>('a' + command % 26)));
}

const Written* last_of(const History& history, const Device& device) {
  const Written* last = nullptr;
  for (const Written& written : history.changes) {
    if (written.position.author == device.author) last = &written;
  }
  return last;
}

/// Every live field with its visible content, siblings unordered.
std::map<std::pair<Path, FieldKind>, std::multiset<std::string>> observed(const State& state) {
  std::map<std::pair<Path, FieldKind>, std::multiset<std::string>> fields;
  for (const auto& [at, kind] : live_fields(state)) {
    const Node& node = *state.table().find(at);
    auto& seen = fields[{at, kind}];
    if (kind == FieldKind::text) seen.insert(visible_text(node));
    if (kind == FieldKind::counter) {
      seen.insert(std::to_string(saturated(counter_value(state.table().changes, node))));
    }
    if (kind == FieldKind::set && node.extras) {
      for (const SetElement& element : node.extras->set) seen.insert(to_json(element.value));
    }
    if (!is_register(kind)) continue;
    for (const Versioned* version : shown_values(state.table().changes, node, kind)) {
      seen.insert(to_json(version->value) + " #" + std::to_string(version->rank));
    }
  }
  return fields;
}

bool has_siblings(const State& state) {
  const auto fields = observed(state);
  return std::any_of(fields.begin(), fields.end(), [](const auto& field) {
    return is_register(field.first.second) && field.second.size() > 1;
  });
}

/// What it restored is deleted again as a whole, or stays if something new had begun there.
bool restores(const Change& change) {
  return std::any_of(change.ops.begin(), change.ops.end(),
                     [](const Op& op) { return std::holds_alternative<op::Restore>(op.what); });
}

/// Undoes the last change of the device. If nothing came after it, everything is as before. False
/// if it cannot be undone: what it wrote to has been deleted since.
bool undo(const History& history, const Device& device, const Written& last, Draft& draft) {
  const Context& seen = last.change.context;
  Device before;
  for (std::size_t moved = 1; moved > 0;) {
    moved = 0;
    for (std::size_t i = 0; i < history.changes.size(); ++i) {
      const Position& at = history.changes[i].position;
      if (!seen.covers(at.author, at.seq) || history.has(before, i)) continue;
      moved += history.deliver(before, i) ? 1 : 0;
    }
  }
  const Status undone = draft.undo(before.state, last.change, last.position);
  if (!undone && undone.error().code() == ErrorCode::deleted) return false;
  const bool nothing_since = &history.changes[device.applied.back()] == &last;
  if (!nothing_since || restores(last.change)) return true;
  RELAIS_CHECK(observed(draft.state()) == observed(before.state));
  // A value written again is the latest of its siblings: only then may another be shown.
  if (has_siblings(before.state)) return true;
  RELAIS_CHECK(to_json({&draft.state()}) == to_json({&before.state}));
  return true;
}

constexpr std::uint64_t kYear2300 = 10'413'792'000'000;  ///< in milliseconds

/// Some clocks show 1970 or 2300: they may only affect what is shown.
std::uint64_t clock_of(std::uint32_t command) {
  constexpr std::uint64_t kNow = 1'790'000'000'000;
  constexpr std::uint64_t kSetTo[5] = {kNow, kNow, kNow, 0, kYear2300};
  return kSetTo[part(command, 10, 5)];
}

/// Clocks differ and repeat.
Stamp stamp_near(std::uint64_t ms, std::uint32_t command) {
  return {(ms + part(command, 4, 5)) << 16 | part(command, 5, 2)};
}

void write(History& history, Device& device, std::uint32_t command, Edits kind) {
  // Other documents of the log take seqs too.
  const Position position{device.author, device.last_seq + 1 + part(command, 3, 2)};
  const bool crowded = kind == Edits::crowded;
  const Written* last = crowded || part(command, 9, 6) != 0 ? nullptr : last_of(history, device);
  // With correct clocks, a value written again is the latest, and shown as before.
  const Stamp stamp = stamp_near(last != nullptr ? kYear2300 + 10 : clock_of(command), command);
  Draft draft(device.state, position, {"cases", "00000000-0000-4000-8000-000000000001"}, stamp);
  if (crowded) (void)edit_crowded(draft, command);
  const std::uint32_t edits = crowded ? 0 : 1 + part(command, 6, 3);
  for (std::uint32_t i = 0; i < edits && last == nullptr; ++i) {
    (void)edit(draft, command * 31 + i);  // a refused edit is no part of the history
  }
  if (last != nullptr && !undo(history, device, *last, draft)) return;
  if (draft.empty()) return;
  Change change = std::move(draft).finish();
  const State shown = draft.take_state();
  // As every other replica receives it.
  const Bytes bytes = encode(change, position);
  auto decoded = decode_change(bytes, position);
  RELAIS_CHECK(decoded.has_value() && encode(*decoded, position) == bytes);
  const auto summary = inspect_change(bytes, position);
  RELAIS_CHECK(summary.has_value() && summary->header.context == change.context);
  device.last_seq = position.seq;
  history.changes.push_back({position, std::move(*decoded)});
  RELAIS_CHECK(history.deliver(device, history.changes.size() - 1));
  // The change does what the user saw while editing.
  RELAIS_CHECK(device.state.canonical() == shown.canonical());
}

}  // namespace

bool History::has(const Device& device, std::size_t change) const {
  return std::find(device.applied.begin(), device.applied.end(), change) != device.applied.end();
}

bool History::deliver(Device& device, std::size_t number) const {
  const Written& written = changes[number];
  if (!device.state.context().covers(written.change.context)) return false;
  // Changes of an author arrive in the order of its log.
  for (std::size_t i = 0; i < number; ++i) {
    if (changes[i].position.author == written.position.author && !has(device, i)) return false;
  }
  RELAIS_CHECK(device.state.apply(written.change, written.position).has_value());
  if (!has(device, number)) device.applied.push_back(number);
  return true;
}

void History::settle(std::uint32_t seed) {
  for (Device& device : devices) {
    std::size_t left = changes.size() - device.applied.size();
    while (left > 0) {
      for (std::size_t i = 0; i < changes.size(); ++i) {
        const std::size_t number = (i * 7 + part(seed, static_cast<int>(i), 97)) % changes.size();
        if (!has(device, number) && deliver(device, number)) --left;
      }
      for (std::size_t i = 0; i < changes.size() && left > 0; ++i) {
        if (!has(device, i) && deliver(device, i)) --left;
      }
    }
  }
}

State History::replay(const std::vector<const Device*>& of, std::uint32_t seed) const {
  Device fresh;
  std::size_t left = 0;
  std::vector<bool> wanted(changes.size());
  for (const Device* device : of) {
    for (const std::size_t number : device->applied) wanted[number] = true;
  }
  left = static_cast<std::size_t>(std::count(wanted.begin(), wanted.end(), true));
  while (left > 0) {
    const std::size_t start =
        part(seed, static_cast<int>(left), static_cast<std::uint32_t>(changes.size()));
    bool moved = false;
    for (std::size_t i = 0; i < changes.size() && !moved; ++i) {
      const std::size_t number = (start + i) % changes.size();
      moved = wanted[number] && !has(fresh, number) && deliver(fresh, number);
    }
    RELAIS_CHECK(moved);
    --left;
  }
  return fresh.state;
}

History play(const std::vector<std::uint32_t>& commands, Edits edits) {
  History history;
  const std::uint32_t count = 2 + (commands.empty() ? 0 : part(commands[0], 0, 3));
  for (std::uint32_t i = 0; i < count; ++i) history.devices.push_back({author_of(i), 0, {}, {}});
  for (const std::uint32_t command : commands) {
    Device& device = history.devices[part(command, 1, count)];
    if (part(command, 2, 2) == 0 || history.changes.empty()) {
      write(history, device, command, edits);
    } else {
      // Delivers one change, perhaps again; or all applicable ones of another device.
      const auto changes = static_cast<std::uint32_t>(history.changes.size());
      const std::uint32_t from = part(command, 7, changes);
      const std::uint32_t many = part(command, 8, 3) == 0 ? changes : 1;
      for (std::uint32_t i = 0; i < many; ++i) (void)history.deliver(device, (from + i) % changes);
    }
  }
  return history;
}

}  // namespace relais::document
