#include "fuzz/support/replicas.h"

#include "base/check.h"
#include "document/json/json.h"
#include "document/view/read.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/test_keys.h"

namespace relais::fuzz {
namespace {

using document::Draft;
using document::Path;

constexpr const char* kPaths[] = {"a",   "b",   "m",     "m/x",   "m/n",   "m/n/z", "l",
                                  "l/0", "l/1", "l/0/x", "l/1/l", "m/l",   "t",     "m/t",
                                  "s",   "c",   "m/c",   "",      "l/2/t", "m/s",   "l/0/0"};
constexpr const char* kJson[] = {"1",
                                 "\"w\"",
                                 "{}",
                                 "[]",
                                 "{\"x\":1,\"y\":2}",
                                 "[1,2,3]",
                                 "null",
                                 "{\"l\":[{\"t\":\"u\"}]}",
                                 "3.5",
                                 "\"2024-02-29\""};
constexpr const char* kTexts[] = {"a", "bc", "Ж", "🙂x", "hello", "", "def"};

/// An existing path, or one name.
Path choose_path(Input& input, const Draft& draft) {
  auto path = document::parse_path(kPaths[input.below(std::size(kPaths))], draft.state());
  return path ? *path : Path{std::string("a")};
}

std::string choose_json(Input& input) {
  const std::size_t which = input.below(std::size(kJson) + 2);
  return which < std::size(kJson) ? kJson[which] : std::string(input.sized());
}

std::string choose_text(Input& input) {
  const std::size_t which = input.below(std::size(kTexts) + 1);
  return which < std::size(kTexts) ? kTexts[which] : std::string(input.sized());
}

std::int64_t choose_number(Input& input) {
  const std::uint8_t byte = input.byte();
  return byte == 255 ? static_cast<std::int64_t>(input.u64()) : byte - 100;
}

// Read the input into variables first: the order in which arguments are evaluated is unspecified.
Status edit_rarely(Input& input, Draft& draft, const Path& path, std::size_t position) {
  switch (input.below(5)) {
    case 0: return draft.set_last_writer(path, choose_number(input));
    case 1: {
      const std::int64_t value = choose_number(input);
      return draft.set_ranked(path, value, static_cast<std::uint32_t>(position));
    }
    case 2: return draft.make_void(path, choose_text(input));
    case 3: return draft.move(path, position % 4, position / 4);
    default: return draft.keep(path);
  }
}

Status edit_one(Input& input, Draft& draft) {
  const Path path = choose_path(input, draft);
  const std::size_t what = input.below(13);
  const std::size_t position = input.below(16);
  if (what == 0) return draft.set(path, choose_number(input));
  if (what == 1) return draft.put_json(path, choose_json(input));
  if (what == 2) return draft.append_json(path, choose_json(input));
  if (what == 3) return draft.insert_json(path, position % 4, choose_json(input));
  if (what == 4) return draft.add(path, choose_number(input));
  if (what == 5) return draft.remove(path, choose_number(input));
  if (what == 6) return draft.count(path, choose_number(input));
  if (what == 7) return draft.splice_text(path, position, 0, choose_text(input));
  if (what == 8) return draft.splice_text(path, position / 2, 1 + position % 2, "");
  if (what == 9) return draft.update_text(path, choose_text(input));
  if (what == 10) {
    return draft.put_json(path, "\"" + choose_text(input) + "\"", {{"t", "m/t", "l/*/t"}});
  }
  if (what == 12) return edit_rarely(input, draft, path, position);
  return draft.erase(path);
}

}  // namespace

Replicas::Replicas(std::size_t count) {
  // Not in the order of the replicas: ids decide ties.
  constexpr std::uint8_t kFirst[] = {0x70, 0x10, 0xf0, 0x40};
  for (std::size_t i = 0; i < count; ++i) {
    replicas.push_back({filled_with<AuthorId>(kFirst[i % 4]), 0, {}, {}});
  }
}

void Replicas::edit(Input& input) {
  Replica& replica = replicas[input.below(replicas.size())];
  const std::uint64_t seq = replica.seq + 1 + (input.chance() ? 1 : 0);  // other documents' changes
  // Clocks differ and repeat: they may only affect what is shown.
  const document::Stamp stamp{(1'790'000'000'000 + input.below(4)) << 16};
  Draft draft(replica.state, {replica.author, seq}, {"cases", "one"}, stamp);
  const std::size_t edits = input.below(5);
  if (edits == 4) take_back(replica, draft);
  for (std::size_t i = 0; i <= edits && edits != 4; ++i) {
    const Status done = edit_one(input, draft);
    if (!done) return check_error(done.error());
  }
  if (!draft.empty()) {
    replica.seq = seq;
    commit(replica, std::move(draft));
  }
}

/// Undoes the last change of the replica, using the state it was made on.
void Replicas::take_back(const Replica& replica, Draft& draft) const {
  const Written* last = nullptr;
  for (const Written& written : changes) {
    if (written.position.author == replica.author) last = &written;
  }
  if (last == nullptr) return;
  std::vector<bool> seen(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const document::Position& at = changes[i].position;
    seen[i] = last->change.context.covers(at.author, at.seq);
  }
  const Status done = draft.undo(replay(seen, 0).state, last->change, last->position);
  if (!done) check_error(done.error());
}

void Replicas::commit(Replica& replica, Draft draft) {
  const document::Position position{replica.author, replica.seq};
  const Bytes bytes = encode(std::move(draft).finish(), position);
  const document::State shown = draft.take_state();
  auto decoded = document::decode_change(bytes, position);
  RELAIS_CHECK(decoded && encode(*decoded, position) == bytes);
  changes.push_back({position, std::move(*decoded)});
  for (Replica& one : replicas) one.has.resize(changes.size());
  RELAIS_CHECK(give(replica, changes.size() - 1));
  // The change does what the user saw while editing.
  RELAIS_CHECK(replica.state.canonical() == shown.canonical());
}

bool Replicas::give(Replica& replica, std::size_t number) const {
  const Written& written = changes[number];
  for (std::size_t i = 0; i < number; ++i) {  // changes of an author arrive in the order of its log
    if (changes[i].position.author == written.position.author && !replica.has[i]) return false;
  }
  if (!replica.state.ready(written.change)) return false;
  RELAIS_CHECK(replica.state.apply(written.change, written.position).has_value());
  replica.has[number] = true;
  return true;
}

void Replicas::deliver(Input& input) {
  if (changes.empty()) return;
  Replica& replica = replicas[input.below(replicas.size())];
  const std::size_t from = input.byte();
  for (std::size_t i = 0, many = 1 + input.below(8); i < many; ++i) {
    give(replica, (from + i) % changes.size());
  }
}

void Replicas::merge(Input& input) {
  Replica& to = replicas[input.below(replicas.size())];
  const Replica& from = replicas[input.below(replicas.size())];
  to.state.merge(from.state);
  for (std::size_t i = 0; i < from.has.size(); ++i) to.has[i] = to.has[i] || from.has[i];
}

Replica Replicas::replay(const std::vector<bool>& wanted, std::size_t start) const {
  Replica fresh{filled_with<AuthorId>(1), 0, {}, std::vector<bool>(changes.size())};
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const std::size_t number = (start + i) % changes.size();
      if (!wanted[number] || fresh.has[number] || !give(fresh, number)) continue;
      moved = true;
      if (number % 3 == 0) give(fresh, number);
    }
  }
  RELAIS_CHECK(fresh.has == wanted);
  return fresh;
}

}  // namespace relais::fuzz
