// Ops that no honest program would write.
#include <algorithm>

#include "base/limits.h"
#include "simulator/hostile_changes.h"

namespace relais::simulator {

using document::Change;
using document::Dot;
using document::Path;
namespace op = document::op;

namespace {

constexpr FieldKind kContainers[] = {FieldKind::map, FieldKind::list, FieldKind::text,
                                     FieldKind::set, FieldKind::counter};

}  // namespace

std::string HostileChanges::name() {
  static const std::vector<std::string> kNames{"status", "visits", "allergies", "sessions",
                                               "note",   "colour", "more",      "x"};
  if (!chance_.one_in(30)) return chance_.pick(kNames);
  count("names and values with control or bidirectional characters");
  static const std::vector<std::string> kOdd{"a\u202eb", "\x1b[31m", "\u200b",
                                             "",         "\u0085",   std::string("a\0b", 3)};
  return chance_.pick(kOdd);
}

Value HostileChanges::value() {
  switch (chance_.below(12)) {
    case 0: return INT64_MIN;
    case 1: return INT64_MAX;
    case 2: return nullptr;
    case 3: return -0.0;
    case 4: return 5e-324;
    case 5: return "2079-06-06";
    case 6: return "0190a5ae-8a2f-4d3e-9d2a-0123456789ab";
    case 7: return "\u202e\x1b[2J\u2066";
    case 8: {
      Attachment attachment;
      attachment.size = ~std::uint64_t{0};
      attachment.media_type = std::string(limits::kMediaTypeBytes - 2, 'a') + "/b";
      return attachment;
    }
    default: return "h" + std::to_string(chance_.below(40));
  }
}

/// A path of a field that users have, of an element, or as deep as possible.
Path HostileChanges::path(const Place& place, const Sight& sight) {
  std::string section = place.sections.front();
  if (chance_.one_in(20)) {
    count("a section of another compartment");
    section = chance_.pick(place.sections);
  }
  Path path{section, name()};
  if (chance_.one_in(5)) path.emplace_back(dot(sight.elements, place, sight));
  if (chance_.one_in(5)) path.emplace_back(name());
  if (chance_.one_in(25)) {
    count("a path at the limit");
    const std::size_t depth = limits::kNestingDepth - chance_.below(3);
    while (path.size() < depth) path.emplace_back("n");
  }
  return path;
}

Dot HostileChanges::dot(const std::vector<Dot>& likely, const Place& place, const Sight& sight) {
  if (!likely.empty() && !chance_.one_in(4)) return chance_.pick(likely);
  switch (chance_.below(5)) {
    case 0:
      return {place.self.author, place.self.seq, static_cast<std::uint32_t>(chance_.below(4))};
    case 1: return {place.self.author, 1 + chance_.below(place.self.seq), 0};
    case 2: return {chance_.draw<AuthorId>(), 1 + chance_.below(5), 0};
    case 3:
      if (sight.heads.empty()) break;
      {
        const CitedPlace& head = chance_.pick(sight.heads);
        return {head.at.author, head.at.seq + chance_.below(3), 0};
      }
    default: break;
  }
  return sight.all.empty() ? Dot{place.self.author, place.self.seq, 0} : chance_.pick(sight.all);
}

std::vector<Dot> HostileChanges::dots(const std::vector<Dot>& likely, const Place& place,
                                      const Sight& sight) {
  std::vector<Dot> some;
  for (std::uint64_t i = 0; i < 1 + chance_.below(4); ++i) {
    some.push_back(dot(likely, place, sight));
  }
  std::sort(some.begin(), some.end());
  some.erase(std::unique(some.begin(), some.end()), some.end());
  return some;
}

void HostileChanges::add_op(Change& change, const Place& place, const Sight& sight) {
  const Path at = path(place, sight);
  switch (chance_.below(14)) {
    case 0:
    case 1: return mark(change, at, place, sight);
    case 2:
      count("a withdrawal of any dots");
      change.ops.push_back({at, op::Withdraw{dots(sight.all, place, sight)}});
      return;
    case 3: change.ops.push_back({at, op::Make{kContainers[chance_.below(5)]}}); return;
    case 4: change.ops.push_back({at, op::Clear{}}); return;
    case 5:
    case 6:
    case 7: return add_to_sequence(change, at, place, sight);
    case 8: return add_to_counter(change, at, place, sight);
    case 9: return add_many(change, at, sight);
    case 10: {
      count("a rank");
      static constexpr std::uint32_t kRanks[] = {0, 1, 0x7fffffff, 0x80000000};
      const std::size_t rank = chance_.below(chance_.one_in(5) ? 4 : 3);
      const bool ranked = chance_.one_in(2);
      change.ops.push_back({at, op::Set{value(),
                                        {},
                                        ranked ? FieldKind::ranked : FieldKind::last_writer,
                                        ranked ? kRanks[rank] : 0}});
      return;
    }
    case 11: change.ops.push_back({at, op::Set{value(), dots(sight.values, place, sight)}}); return;
    case 12: change.ops.push_back({at, op::Remove{value()}}); return;
    default: change.ops.push_back({at, op::Set{value(), {}}});
  }
}

/// Deletes, restores or keeps; the marks named exist, do not exist, or are not marks.
void HostileChanges::mark(Change& change, Path at, const Place& place, const Sight& sight) {
  while (!at.empty() && chance_.one_in(2)) at.pop_back();
  switch (chance_.below(3)) {
    case 0: {
      count("a deletion");
      op::Delete deletion;
      if (chance_.one_in(3)) deletion.reason = "why\u202e";
      if (chance_.one_in(20)) deletion.reason = Bytes(limits::kReasonBytes + 1, 'r');
      if (!chance_.one_in(8)) change.cites.whole = true;
      change.ops.push_back({at, deletion});
      return;
    }
    case 1:
      count("a restoration of any dots");
      if (!chance_.one_in(8)) change.cites.whole = true;
      change.ops.push_back({at, op::Restore{dots(sight.marks, place, sight)}});
      return;
    default:
      count("a keep of any dots");
      change.ops.push_back({at, op::Keep{dots(sight.marks, place, sight)}});
  }
}

void HostileChanges::add_to_sequence(Change& change, Path at, const Place& place,
                                     const Sight& sight) {
  const auto origin = [&](const std::vector<Dot>& likely) -> std::optional<Dot> {
    if (chance_.one_in(4)) return std::nullopt;
    return dot(likely, place, sight);
  };
  if (chance_.one_in(6)) {
    count("a sequence at the deepest step");
    while (at.size() < limits::kNestingDepth - 1) at.emplace_back("l");
    if (chance_.one_in(2)) at.resize(limits::kNestingDepth, document::Step("l"));
  }
  switch (chance_.below(4)) {
    case 0:
      count("a text with odd origins");
      change.ops.push_back({at, op::InsertText{origin(sight.characters), origin(sight.characters),
                                               "h\u00e4\u202e"}});
      return;
    case 1: {
      count("a deletion of any characters");
      const auto length = static_cast<std::uint32_t>(1 + chance_.below(9));
      change.ops.push_back({at, op::DeleteText{{{dot(sight.characters, place, sight), length}}}});
      return;
    }
    case 2:
      count("a move of any element");
      change.ops.push_back({at, op::Move{dot(sight.elements, place, sight), origin(sight.elements),
                                         origin(sight.elements)}});
      return;
    default: break;
  }
  std::variant<Value, FieldKind> content = value();
  if (chance_.one_in(3)) content = chance_.one_in(2) ? FieldKind::map : FieldKind::list;
  change.ops.push_back({at, op::Insert{origin(sight.elements), origin(sight.elements), content}});
}

void HostileChanges::add_to_counter(Change& change, const Path& at, const Place& place,
                                    const Sight& sight) {
  count("a counter at its ends");
  static constexpr std::int64_t kTotals[] = {INT64_MIN, INT64_MAX, 0, 1};
  if (chance_.one_in(3)) {
    op::ResetCounter reset;
    for (const Dot& seen : dots(sight.all, place, sight)) {
      // One for each author, or not.
      const bool again = !reset.seen.empty() && reset.seen.back().dot.author == seen.author;
      if (again && !chance_.one_in(10)) continue;
      reset.seen.push_back({seen, kTotals[chance_.below(4)]});
    }
    reset.of_mark = chance_.one_in(2);
    change.ops.push_back({at, reset});
    return;
  }
  change.ops.push_back({at, op::Count{kTotals[chance_.below(4)]}});
}

/// Dozens or hundreds of versions of one field, deletions of it, or elements of a set.
void HostileChanges::add_many(Change& change, const Path& at, const Sight& sight) {
  if (chance_.one_in(3)) return add_deletions(change, at);
  const bool versions = chance_.one_in(2);
  count(versions ? "many versions of one field" : "many elements of a set");
  const std::uint64_t most = versions ? limits::kSetsAtOnePath + chance_.below(2) : 400;
  for (std::uint64_t i = 0; i < most; ++i) {
    const Value one("m" + std::to_string(chance_.below(1'000)));
    if (versions) {
      change.ops.push_back({at, op::Set{one, std::vector<Dot>()}});
    } else {
      change.ops.push_back({at, op::Add{one}});
    }
  }
  if (!versions && !sight.values.empty() && chance_.one_in(4)) {
    change.ops.push_back({at, op::Set{Value(1), {{chance_.pick(sight.values)}}}});
  }
}

void HostileChanges::add_deletions(Change& change, const Path& at) {
  count("many deletions of one path");
  change.cites.whole = true;
  const std::uint64_t most = limits::kMarksAtOnePath + chance_.below(2);
  for (std::uint64_t i = 0; i < most; ++i) change.ops.push_back({at, op::Delete{}});
}

}  // namespace relais::simulator
