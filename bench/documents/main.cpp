// bench_documents REGISTER.ndjson [DOCUMENTS]: what one document costs in memory. For each: made
// from its JSON, encoded, loaded from that, one field edited, and that edit merged by another
// replica. Prints one JSON line; times are means in microseconds, the median of five rounds.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <vector>

#include "document/edit/draft.h"
#include "document/json/json.h"
#include "support/measure.h"
#include "support/need.h"

namespace {

using namespace relais::document;  // NOLINT: this program is about it
using bench::need;
using relais::AuthorId;
using relais::Bytes;

constexpr int kRounds = 5;
constexpr Stamp kStamp{1'790'000'000'000ULL << 16};
constexpr Stamp kLater{1'790'000'060'000ULL << 16};

Position position_of(char author) {
  Position position{{}, 1};
  position.author.bytes.fill(static_cast<std::uint8_t>(author));
  return position;
}

/// A document, and what is made of it.
struct Subject {
  std::string_view line;
  Address address;
  std::size_t json_bytes = 0;
  Bytes created;  ///< the change that makes it
  Bytes stored;   ///< its state
  Path field;     ///< a scalar one
  Bytes edited;   ///< the change that edits it
  State state;
  std::optional<Draft> draft;
};

State apply_created(const Subject& subject) {
  State state;
  const Position self = position_of('a');
  need(state.apply(need(decode_change(subject.created, self)), self));
  return state;
}

/// The first scalar that a change writes.
Path scalar_in(const Change& change) {
  for (const Op& op : change.ops) {
    if (std::holds_alternative<op::Set>(op.what)) return op.path;
  }
  bench::fail("a document has no scalar field");
}

void create(Importer& importer, Subject& subject) {
  subject.address = need(importer.parse(subject.line)).address;
  std::vector<Bytes> parts;
  need(importer.encode(
      {}, kStamp, {}, [](std::string_view) { return true; }, [] { return relais::TransactionId{}; },
      parts));
  subject.created = std::move(parts.at(0));
  subject.state = apply_created(subject);
}

void edit(Subject& subject) {
  Draft& draft =
      subject.draft.emplace(std::move(subject.state), position_of('b'), subject.address, kLater);
  need(draft.set(subject.field, std::int64_t{38}));
  subject.edited = encode(std::move(draft).finish(), position_of('b'));
}

void merge(Subject& subject) {
  const Position other = position_of('b');
  need(subject.state.apply(need(decode_change(subject.edited, other)), other));
}

/// Microseconds for each document of `step`, median of the rounds; `prepare` and destruction are
/// not measured. A hundred documents at a time, as in an app.
double measure(std::vector<Subject>& subjects, const std::function<void(Subject&)>& prepare,
               const std::function<void(Subject&)>& step) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    double seconds = 0;
    for (auto first = subjects.begin(); first != subjects.end();) {
      const auto last = first + std::min<std::ptrdiff_t>(100, subjects.end() - first);
      std::for_each(first, last, prepare);
      const bench::Timer timer;
      std::for_each(first, last, step);
      seconds += timer.seconds();
      for (; first != last; ++first) {
        first->state = State();
        first->draft.reset();
      }
    }
    rounds.push_back(seconds * 1e6 / static_cast<double>(subjects.size()));
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[kRounds / 2];
}

std::vector<Subject> read_subjects(std::string_view text, std::size_t most) {
  std::vector<Subject> subjects;
  while (!text.empty() && subjects.size() < most) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) subjects.emplace_back().line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (subjects.empty()) bench::fail("the register is empty");
  return subjects;
}

template <class Size>
double mean(const std::vector<Subject>& subjects, const Size& size) {
  double sum = 0;
  for (const Subject& subject : subjects) sum += static_cast<double>(size(subject));
  return sum / static_cast<double>(subjects.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) bench::fail("bench_documents REGISTER.ndjson [DOCUMENTS]");
  const std::string text = bench::read_file(argv[1]);
  const std::size_t most = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000;
  std::vector<Subject> subjects = read_subjects(text, most);
  Importer importer;
  const auto nothing = [](Subject&) {};
  const double create_us =
      measure(subjects, nothing, [&](Subject& subject) { create(importer, subject); });
  for (Subject& subject : subjects) {
    need(importer.parse(subject.line));
    subject.json_bytes = importer.document_json().size();
    subject.stored = apply_created(subject).canonical();
    subject.field = scalar_in(need(decode_change(subject.created, position_of('a'))));
  }
  const auto load = [](Subject& subject) { subject.state = need(State::decode(subject.stored)); };
  const double load_us = measure(subjects, nothing, load);
  const double edit_us = measure(subjects, load, edit);
  const double merge_us = measure(subjects, load, merge);
  bench::Line::compared("documents")
      .add("documents", std::uint64_t{subjects.size()})
      .add("create_us", create_us)
      .add("load_us", load_us)
      .add("edit_us", edit_us)
      .add("merge_us", merge_us)
      .add("json_bytes", mean(subjects, [](const Subject& s) { return s.json_bytes; }))
      .add("state_bytes", mean(subjects, [](const Subject& s) { return s.stored.size(); }))
      .add("change_bytes", mean(subjects, [](const Subject& s) { return s.created.size(); }))
      .add("update_bytes", mean(subjects, [](const Subject& s) { return s.edited.size(); }))
      .print();
}
