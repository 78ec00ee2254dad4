#include <algorithm>

#include "document/sequence/body.h"
#include "document/sequence/place.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

/// Adds the units of another sequence.
class Adder {
 public:
  using Numbers = std::vector<std::uint32_t>;

  Adder(Sequence::Body& ours, const ChangeTable& changes, const Numbers& number)
      : ours_(ours), changes_(changes), number_(number) {}

  LocalDot ours_of(const LocalDot& theirs) const {
    return is_unit(theirs) ? LocalDot{number_[theirs.change], theirs.index, 0} : theirs;
  }

  bool has_all(const Span& theirs) const {
    const Span& span = theirs;
    for (std::uint32_t done = 0; done < span.length;) {
      const auto place = ours_.find(ours_of(span.unit(done)));
      if (!place) return false;
      done += ours_.span(place->run).length - place->offset;
    }
    return true;
  }

  /// Nearly always the whole span: a sequence has all units of a change or none.
  void add_missing(const Span& theirs, std::string_view text) {
    for (std::uint32_t done = 0; done < theirs.length;) {
      const LocalDot first = ours_of(theirs.unit(done));
      const auto next = ours_.find_first(first, theirs.length - done);
      const std::uint32_t count = next
                                      ? ours_.span(next->run).unit(next->offset).index - first.index
                                      : theirs.length - done;
      if (count > 0) add(theirs, done, count, text);
      done += count + (next ? ours_.span(next->run).length - next->offset : 0);
    }
  }

 private:
  void add(const Span& theirs, std::uint32_t from, std::uint32_t count, std::string_view text) {
    Span added;
    added.first = ours_of(theirs.unit(from));
    added.length = count;
    added.deleted = theirs.deleted;
    added.left = ours_of(from == 0 ? theirs.left : theirs.unit(from - 1));
    added.right = ours_of(theirs.right);
    text.remove_prefix(bytes_of(text, from));
    SpanPlacer(ours_, changes_).place(added, text.substr(0, bytes_of(text, count)));
  }

  Sequence::Body& ours_;
  const ChangeTable& changes_;
  const Numbers& number_;
};

}  // namespace

/// A span's origins are added before it. With an explicit stack: the nesting can be as deep as the
/// text is long.
void Sequence::merge(const ChangeTable& changes, const Sequence& other,
                     const std::vector<std::uint32_t>& number) {
  if (!other.body_) return;
  const Body& theirs = *other.body_;
  Adder adder(body(), changes, number);
  enum : std::uint8_t { kNew, kOpen, kDone };
  std::vector<std::uint8_t> state(theirs.size(), kNew);
  std::vector<std::int32_t> stack;
  const auto visit = [&](const LocalDot& unit) {
    const auto place = is_unit(unit) ? theirs.find(unit) : std::nullopt;
    if (place && state[static_cast<std::size_t>(place->run)] == kNew) stack.push_back(place->run);
  };
  for (std::int32_t start = theirs.head(); start != kNone; start = theirs.span(start).after) {
    if (state[static_cast<std::size_t>(start)] == kNew) stack.push_back(start);
    while (!stack.empty()) {
      const std::int32_t top = stack.back();
      const Span& span = theirs.span(top);
      std::uint8_t& its = state[static_cast<std::size_t>(top)];
      if (its == kNew && !adder.has_all(span)) {
        its = kOpen;
        visit(span.left);
        visit(span.right);
        continue;
      }
      if (its == kOpen) adder.add_missing(span, theirs.text(span));
      its = kDone;
      stack.pop_back();
    }
  }
  for (std::int32_t at = theirs.head(); at != kNone; at = theirs.span(at).after) {
    const Span& span = theirs.span(at);
    if (span.deleted != 0) erase(adder.ours_of(span.first), span.length);
  }
}

}  // namespace relais::document
