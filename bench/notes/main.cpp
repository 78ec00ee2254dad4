// bench_notes: a note of 5 kB that two people edit apart, 200 edits each, and what it costs the one
// to take in what the other did. Prints two JSON lines, for edits in one transaction each and for
// edits in one; times are the median of 21 rounds, in milliseconds:
//
//   merge_ms        the other's changes, decoded and applied
//   merge_state_ms  the other's whole state, decoded and merged
//   update_bytes    those changes, encoded
#include <algorithm>
#include <string>
#include <vector>

#include "document/edit/draft.h"
#include "document/view/read.h"
#include "support/measure.h"
#include "support/need.h"

namespace {

using namespace relais::document;  // NOLINT: this program is about it
using bench::need;
using relais::AuthorId;
using relais::Bytes;

constexpr std::size_t kNoteBytes = 5000;
constexpr int kEdits = 200;
constexpr int kRounds = 21;
const Path kNote{std::string("note")};

/// Pseudo-random numbers, the same in each run (Knuth's MMIX).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state_ >> 33) % end;
  }

 private:
  std::uint64_t state_;
};

std::string words(Numbers& numbers, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    for (std::size_t i = 2 + numbers.below(8); i > 0; --i) {
      text += static_cast<char>('a' + numbers.below(26));
    }
    text += ' ';
  }
  return text;
}

struct Sent {
  Position position;
  Bytes bytes;
};

/// One of the two people: writes, and keeps what is to be sent.
class Writer {
 public:
  explicit Writer(char name) { next_.author.bytes.fill(static_cast<std::uint8_t>(name)); }

  template <class Edit>
  void write(const Edit& edit) {
    ++next_.seq;
    const Stamp stamp{(1'790'000'000'000ULL + next_.seq * 1000) << 16};
    Draft draft(state, next_, {"notes", "one"}, stamp);
    edit(draft);
    sent.push_back({next_, encode(std::move(draft).finish(), next_)});
    take(sent.back());
  }
  void take(const Sent& other) {
    need(state.apply(need(decode_change(other.bytes, other.position)), other.position));
  }

  State state;
  std::vector<Sent> sent;

 private:
  Position next_;
};

/// Adds a word, or removes some letters, anywhere.
void edit_once(Draft& draft, Numbers& numbers) {
  const std::size_t size = need(read_field(draft.state(), kNote)).text.size();
  const std::size_t at = numbers.below(size - 10);
  const bool deletes = numbers.below(3) == 0;
  need(draft.splice_text(kNote, at, deletes ? 1 + numbers.below(8) : 0,
                         deletes ? "" : words(numbers, 4)));
}

void edit_apart(Writer& writer, bool at_once, std::uint64_t seed) {
  Numbers numbers(seed);
  for (int i = 0; i < (at_once ? 1 : kEdits); ++i) {
    writer.write([&](Draft& draft) {
      for (int edit = 0; edit < (at_once ? kEdits : 1); ++edit) edit_once(draft, numbers);
    });
  }
}

template <class Work>
double median_ms(const State& before, const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    State state = before;
    const bench::Timer timer;
    work(state);
    times.push_back(timer.seconds() * 1e3);
  }
  std::sort(times.begin(), times.end());
  return times[kRounds / 2];
}

void measure(bool at_once) {
  Writer a('a');
  Writer b('b');
  Numbers numbers(1);
  a.write([&](Draft& draft) { need(draft.splice_text(kNote, 0, 0, words(numbers, kNoteBytes))); });
  b.take(a.sent[0]);
  a.sent.clear();
  edit_apart(a, at_once, 2);
  edit_apart(b, at_once, 3);
  const State before = a.state;
  const Bytes stored = b.state.canonical();
  const double merge_ms = median_ms(before, [&](State& state) {
    for (const Sent& sent : b.sent) {
      need(state.apply(need(decode_change(sent.bytes, sent.position)), sent.position));
    }
  });
  const double merge_state_ms =
      median_ms(before, [&](State& state) { state.merge(need(State::decode(stored))); });
  std::size_t update_bytes = 0;
  for (const Sent& sent : b.sent) update_bytes += sent.bytes.size();
  for (const Sent& sent : a.sent) b.take(sent);
  a.state.merge(b.state);
  bench::Line::compared("notes")
      .add("edits", std::uint64_t{kEdits})
      .add("transactions", std::uint64_t{b.sent.size()})
      .add("merge_ms", merge_ms)
      .add("merge_state_ms", merge_state_ms)
      .add("update_bytes", std::uint64_t{update_bytes})
      .add("correct", a.state.canonical() == b.state.canonical())
      .print();
}

}  // namespace

int main() {
  measure(false);
  measure(true);
}
