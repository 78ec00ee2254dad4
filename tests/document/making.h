#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/read.h"

namespace relais::document {

inline AuthorId author(char name) {
  AuthorId id;
  id.bytes.fill(static_cast<std::uint8_t>(name));
  return id;
}

/// A person with a device that holds one document: edits it, and receives changes of others.
class Person {
 public:
  explicit Person(char name) : author_(author(name)) {}

  Draft draft() {
    ++seq_;
    return Draft(state, position(), {"cases", "one"}, Stamp{(1790000000000ULL + clock) << 16});
  }
  /// A draft that continues in further changes where one is too small.
  Draft large_draft() {
    Draft one = draft();
    const auto more = [this] {
      ++seq_;
      return position();
    };
    return Draft(state, position(), {"cases", "one"}, Stamp{(1790000000000ULL + clock) << 16},
                 more);
  }
  Position position() const { return {author_, seq_}; }

  /// Applies the change of the draft, as decoded from its bytes, and returns it.
  Change commit(Draft&& made) {
    const Bytes bytes = encode(std::move(made).finish(), position());
    auto change = decode_change(bytes, position());
    EXPECT_TRUE(change.has_value());
    EXPECT_TRUE(state.apply(*change, position()).has_value());
    return *change;
  }
  /// The same for a large draft; returns all its changes.
  std::vector<std::pair<Position, Change>> commit_all(Draft&& made) {
    std::vector<std::pair<Position, Change>> changes;
    for (auto& [at, each] : std::move(made).finish_all()) {
      const Bytes bytes = encode(each, at);
      EXPECT_LE(bytes.size(), limits::kChangeBytes);
      auto change = decode_change(bytes, at);
      EXPECT_TRUE(change.has_value());
      EXPECT_TRUE(state.apply(*change, at).has_value());
      changes.emplace_back(at, std::move(*change));
    }
    return changes;
  }
  template <class Edit>
  std::vector<std::pair<Position, Change>> edit_large(const Edit& edit) {
    Draft made = large_draft();
    const Status done = edit(made);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message());
    return commit_all(std::move(made));
  }
  /// Makes one change: `edit(draft)`.
  template <class Edit>
  Change edit(const Edit& edit) {
    Draft made = draft();
    const Status done = edit(made);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message());
    return commit(std::move(made));
  }
  Change put(std::string_view path, std::string_view json) {
    return edit([&](Draft& d) { return d.put_json(*parse_path(path, d.state()), json); });
  }
  Path path(std::string_view text) const {
    auto parsed = parse_path(text, state);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed ? *parsed : Path{};
  }
  void take(const Change& change, const Position& position) {
    EXPECT_TRUE(state.apply(change, position).has_value());
  }
  std::string json() const { return to_json({&state}); }

  State state;
  std::uint64_t clock = 0;

 private:
  AuthorId author_;
  std::uint64_t seq_ = 0;
};

/// Each receives the changes that it lacks of the other.
inline void exchange(Person& a, Person& b) {
  a.state.merge(b.state);
  b.state.merge(a.state);
  EXPECT_EQ(a.state.canonical(), b.state.canonical());
}

inline std::string message(const Status& status) {
  return status ? "no error" : status.error().message();
}
template <class T>
std::string message(const Result<T>& result) {
  return result ? "no error" : result.error().message();
}

}  // namespace relais::document
