#include <algorithm>

#include "base/coding.h"
#include "document/codec/names.h"
#include "document/codec/state_code.h"
#include "document/codec/state_uses.h"
#include "document/codec/value_code.h"
#include "document/state/marks.h"
#include "document/state/table.h"

namespace relais::document {

using namespace state_layout;  // NOLINT: the names of the format

namespace {

/// Encodes a table in two passes: the first finds the changes that are named, the second writes.
/// Only named changes take space, and their numbers follow the order of positions, so that they are
/// the same on every device.
class Encoder {
 public:
  explicit Encoder(const State::Table& table)
      : table_(table),
        uses_(uses_of(table)),
        authors_(authors_of(table, uses_)),
        last_index_(table.changes.size(), 0) {}

  Bytes run() {
    out_.reserve(512);
    out_.push_back(static_cast<char>(kStateVersion));
    put_positions();
    put(table_.root);
    if (table_.hidden) put(*table_.hidden);
    return std::move(out_);
  }

 private:
  void put_positions() {
    put_varint(out_, authors_.size() << 1 | (table_.contents.empty() ? 0 : kHasContents));
    for (const Position& entry : authors_) {
      out_.append(entry.author.view());
      put_varint(out_, entry.seq);
    }
    if (!table_.contents.empty()) put_contents();
    numbers_.resize(uses_.size());
    auto at = table_.changes.sorted().begin();
    for (const Position& entry : authors_) {
      Bytes changes;
      std::size_t count = 0;
      std::uint64_t last = 0;
      for (; at != table_.changes.sorted().end(); ++at) {
        const Position& position = table_.changes[*at].position;
        if (entry.author < position.author) break;
        if (uses_[*at] == Use::none) continue;
        put_varint(changes, (position.seq - last) << 1 | (uses_[*at] == Use::written ? 1 : 0));
        if (uses_[*at] == Use::written) put_stamp(changes, table_.changes[*at].stamp);
        last = position.seq;
        numbers_[*at] = static_cast<std::uint32_t>(changes_++);
        ++count;
      }
      put_varint(out_, count);
      out_.append(changes);
    }
  }

  void put_contents() {
    put_varint(out_, table_.contents.size());
    for (const Content& content : table_.contents) {
      put_varint(out_, place_of(content.author));
      put_varint(out_, content.carriers.size());
      for (const Position& carrier : content.carriers) {
        put_varint(out_, place_of(carrier.author));
        put_varint(out_, carrier.seq);
      }
    }
  }
  std::size_t place_of(const AuthorId& author) const {
    const auto at = std::lower_bound(authors_.begin(), authors_.end(), Position{author, 0});
    return static_cast<std::size_t>(at - authors_.begin());
  }

  void put_stamp(Bytes& out, Stamp stamp) {
    const std::uint64_t ms = stamp.bits >> 16;
    put_signed(out, static_cast<std::int64_t>(ms - last_ms_));
    put_varint(out, stamp.bits & 0xffff);
    last_ms_ = ms;
  }

  void put_dot(const LocalDot& dot, int flag_bits = 0, unsigned flags = 0) {
    if (changes_ > 1) put_varint(out_, numbers_[dot.change]);
    const std::int64_t step = std::int64_t{dot.index} - last_index_[dot.change];
    const auto zigzag = static_cast<std::uint64_t>(step < 0 ? -step * 2 - 1 : step * 2);
    put_varint(out_, zigzag << flag_bits | flags);
    last_index_[dot.change] = dot.index;
    last_dot_ = dot;
  }

  template <class Items, class DotOf>
  auto sorted_by_dot(const Items& items, const DotOf& dot_of) const {
    using Item = typename Items::value_type;
    std::vector<const Item*> sorted;
    sorted.reserve(items.size());
    for (const Item& item : items) sorted.push_back(&item);
    std::sort(sorted.begin(), sorted.end(), [&](const Item* a, const Item* b) {
      return table_.changes.less(dot_of(*a), dot_of(*b));
    });
    return sorted;
  }

  template <class Items, class DotOf, class PutRest>
  void put_sorted(const Items& items, const DotOf& dot_of, const PutRest& put_rest) {
    const auto sorted = sorted_by_dot(items, dot_of);
    for (const auto* item : sorted) {
      const LocalDot& dot = dot_of(*item);
      put_dot(dot, kDotFlagBits, item != sorted.back() ? kMore : 0);
      put_rest(*item);
    }
  }
  void put(const Dots& dots) {
    put_sorted(
        dots, [](const LocalDot& dot) -> auto& { return dot; }, [](const LocalDot&) {});
  }

  void put(const Value& value) {
    const CodedValue coded = code_value(value);
    out_.push_back(static_cast<char>(coded.code));
    put_payload(coded, out_, out_);
  }

  void put(const std::vector<Total>& totals) {
    const auto dot_of = [](const Total& total) -> const LocalDot& { return total.dot; };
    for (const Total* total : sorted_by_dot(totals, dot_of)) {
      put_dot(total->dot);
      put_signed(out_, total->total);
    }
  }

  void put(const std::vector<Base>& bases) {
    put_varint(out_, bases.size());
    const auto dot_of = [](const Base& base) -> const LocalDot& { return base.by; };
    std::vector<const Base*> sorted = sorted_by_dot(bases, dot_of);
    std::stable_sort(sorted.begin(), sorted.end(), [this](const Base* a, const Base* b) {
      if (!a->by.same(b->by)) return table_.changes.less(a->by, b->by);
      return table_.changes.less(a->dot, b->dot);
    });
    for (const Base* base : sorted) {
      put_dot(base->by, 1, base->of_mark ? kOfMark : 0);
      put_dot(base->dot);
      put_signed(out_, base->total);
    }
  }

  /// The count of a container's items, and its presence dots.
  void put_count(std::size_t count, const Dots& present) {
    put_varint(out_, count << 1 | (present.empty() ? 0 : kPresent));
    if (!present.empty()) put(present);
  }

  /// The last run that is stored as one with this run.
  static std::int32_t last_of(const Sequence& sequence, std::int32_t run) {
    while (sequence.continues(run)) run = sequence.run(run).after;
    return run;
  }

  /// Writes maximal runs, so that the bytes don't depend on earlier splits.
  void put(const Sequence& sequence, const Dots& present, bool is_text) {
    std::size_t count = 0;
    for (auto at = sequence.head(); at != Sequence::kNone; ++count) {
      at = sequence.run(last_of(sequence, at)).after;
    }
    put_count(count, present);
    std::optional<LocalDot> before;
    for (auto at = sequence.head(); at != Sequence::kNone;) {
      Sequence::Stored whole = sequence.stored(at);
      const std::int32_t last = last_of(sequence, at);
      std::size_t bytes = whole.text.size();
      for (auto part = at; part != last;) {
        part = sequence.run(part).after;
        whole.length += sequence.run(part).length;
        bytes += sequence.run(part).text.size();
      }
      put_run(whole, before);
      if (is_text && !whole.deleted) {
        put_varint(out_, bytes);
        for (auto part = at; part != last; part = sequence.run(part).after) {
          out_.append(sequence.run(part).text);
        }
        out_.append(sequence.run(last).text);
      }
      before = whole.first;
      before->index += whole.length - 1;
      at = sequence.run(last).after;
    }
  }

  void put_run(const Sequence::Stored& run, const std::optional<LocalDot>& before) {
    using Under = Sequence::Stored::Under;
    unsigned flags = run.deleted ? kRunDeleted : 0;
    switch (run.under) {
      case Under::later: flags |= kRunLeft; break;
      case Under::nothing: flags |= kRunUnattached | kRunParent; break;
      case Under::start: flags |= before ? kRunUnattached : 0; break;
      case Under::earlier: flags |= before && run.parent.same(*before) ? 0 : kRunParent; break;
    }
    if (run.right && run.under != Under::later) flags |= kRunRight;
    put_varint(out_, std::uint64_t{run.length - 1} << kRunFlagBits | flags);
    put_dot(run.first);
    if (run.under == Under::earlier && (flags & kRunParent) != 0) put_dot(run.parent);
    if (run.right) put_dot(*run.right);
  }

  static std::uint8_t has(const Node& node) {
    std::uint8_t flags = 0;
    if (!node.values.empty()) flags |= kHasValues;
    if (!node.extras) return flags;
    const Extras& extras = *node.extras;
    if (!node.present(FieldKind::map).empty()) flags |= kHasMap;
    if (!node.present(FieldKind::list).empty() || !extras.list.empty()) flags |= kHasList;
    if (!node.present(FieldKind::text).empty() || !extras.text.empty()) flags |= kHasText;
    if (!node.present(FieldKind::set).empty() || !extras.set.empty()) flags |= kHasSet;
    const bool counted = !extras.counts.empty() || !extras.bases.empty();
    if (!node.present(FieldKind::counter).empty() || counted) flags |= kHasCounter;
    if (!extras.rare->vacant()) flags |= kHasRare;
    return flags;
  }

  static std::uint8_t flags_of(const Rare& rare) {
    std::uint8_t flags = 0;
    if (!rare.marks.empty()) flags |= kHasMarks;
    if (!rare.keeps.empty()) flags |= kHasKeeps;
    if (!rare.restores.empty()) flags |= kHasRestores;
    if (!rare.withdrawn.empty()) flags |= kHasWithdrawn;
    if (!rare.last_writer.empty()) flags |= kHasLastWriter;
    if (!rare.ranked.empty()) flags |= kHasRanked;
    if (!rare.moves.empty()) flags |= kHasMoves;
    return flags;
  }

  void put(const Versions& versions, bool ranks) {
    put_sorted(
        versions, [](const Versioned& version) -> auto& { return version.dot; },
        [this, ranks](const Versioned& version) {
          put(version.value);
          if (ranks) put_varint(out_, version.rank);
        });
  }

  void put_mark(const Mark& mark) {
    put_varint(out_, mark.reason ? mark.reason->size() + 1 : 0);
    if (mark.reason) out_.append(*mark.reason);
    put(mark.covered);
    put(mark.later);
  }

  /// Changes as runs of their encoded numbers: gaps and lengths alternate.
  void put(const ChangeSet& changes) {
    std::vector<std::uint32_t> numbers;
    for (const std::uint32_t change : changes) numbers.push_back(numbers_[change]);
    std::sort(numbers.begin(), numbers.end());
    Bytes runs;
    std::size_t count = 0;
    std::uint32_t end = 0;
    for (std::size_t at = 0; at < numbers.size(); ++count) {
      std::size_t last = at;
      while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
      put_varint(runs, numbers[at] - end);
      put_varint(runs, last - at);
      end = numbers[last] + 1;
      at = last + 1;
    }
    put_varint(out_, count);
    out_.append(runs);
  }

  /// Dots that only refer to items.
  void put_references(Dots dots) {
    std::sort(dots.begin(), dots.end(),
              [this](const LocalDot& a, const LocalDot& b) { return table_.changes.less(a, b); });
    put_varint(out_, dots.size());
    for (const LocalDot& dot : dots) put_dot(dot);
  }

  void put_rare(const Rare& rare) {
    out_.push_back(static_cast<char>(flags_of(rare)));
    const auto dot_of = [](const auto& item) -> auto& { return item.dot; };
    if (!rare.marks.empty()) {
      put_sorted(rare.marks, dot_of, [this](const Mark& mark) { put_mark(mark); });
    }
    if (!rare.keeps.empty()) {
      put_sorted(rare.keeps, dot_of, [this](const Keep& keep) {
        put_references({keep.marks.begin(), keep.marks.end()});
      });
    }
    if (!rare.restores.empty()) put(rare.restores);
    if (!rare.withdrawn.empty()) {
      put_sorted(
          rare.withdrawn, [](const Withdrawn& gone) -> auto& { return gone.mark; },
          [this](const Withdrawn& gone) { put_references(gone.by); });
    }
    if (!rare.last_writer.empty()) put(rare.last_writer, false);
    if (!rare.ranked.empty()) put(rare.ranked, true);
    if (!rare.moves.empty()) {
      put_sorted(rare.moves, dot_of, [this](const Moved& move) { put_dot(move.element); });
    }
  }

  void put_extras(const Node& node, std::uint8_t flags) {
    const Extras& extras = *node.extras;
    if ((flags & kHasMap) != 0) put(node.present(FieldKind::map));
    if ((flags & kHasList) != 0) put(extras.list, node.present(FieldKind::list), false);
    if ((flags & kHasText) != 0) put(extras.text, node.present(FieldKind::text), true);
    if ((flags & kHasSet) != 0) {
      put_count(extras.set.size(), node.present(FieldKind::set));
      for (const SetElement& element : extras.set) {
        put(element.value);
        put(element.dots);
      }
    }
    if ((flags & kHasCounter) != 0) {
      put_count(extras.counts.size(), node.present(FieldKind::counter));
      put(extras.counts);
      put(extras.bases);
    }
    if ((flags & kHasRare) != 0) put_rare(*extras.rare);
  }

  void put_leaf(const Versioned& version) {
    const CodedValue coded = code_value(version.value);
    const LocalDot& dot = version.dot;
    const bool same_change = last_dot_ && dot.change == last_dot_->change;
    const bool same = same_change && dot.index == last_dot_->index;
    const bool next = same_change && dot.index == last_dot_->index + 1;
    out_.push_back(static_cast<char>(kLeaf | coded.code << kLeafCodeShift |
                                     (same   ? kLeafSameDot
                                      : next ? kLeafNextDot
                                             : 0)));
    if (!same && !next) put_dot(dot);
    last_index_[dot.change] = dot.index;
    last_dot_ = dot;
    put_payload(coded, out_, out_);
  }

  void put(const Node& node) {
    const std::uint8_t flags = has(node);
    if (flags == kHasValues && node.children.empty() && node.values.size() == 1) {
      return put_leaf(node.values[0]);
    }
    out_.push_back(static_cast<char>(flags));
    if ((flags & kHasValues) != 0) put(node.values, false);
    if (node.extras) put_extras(node, flags);
    put_varint(out_, node.children.size());
    for (const Child& child : node.children) {
      put_step(child);
      put(child.node);
    }
  }

  void put_step(const Child& child) {
    if (child.is_element) {
      put_varint(out_, kElementChild);
      return put_dot(child.element);
    }
    if (const auto number = number_of_name(child.name)) {
      return put_varint(out_, std::uint64_t{*number} << kStepBits | kTableName);
    }
    const auto known = std::find(names_.begin(), names_.end(), child.name);
    if (known != names_.end()) {
      const auto number = static_cast<std::size_t>(known - names_.begin());
      return put_varint(out_, number << kStepBits | kKnownName);
    }
    put_varint(out_, child.name.size() << kStepBits | kNewName);
    out_.append(child.name);
    if (names_.size() < kKnownNames) names_.push_back(child.name);
  }

  const State::Table& table_;
  std::vector<Use> uses_;
  const Context::Entries authors_;
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint32_t> last_index_;
  std::optional<LocalDot> last_dot_;
  std::vector<std::string_view> names_;
  std::size_t changes_ = 0;
  std::uint64_t last_ms_ = kStampEpochMs;
  Bytes out_;
};

}  // namespace

Bytes State::canonical() const {
  const Table& table = settled();
  if (!table.marked) return Encoder(table).run();
  Table trimmed(table);
  trim(trimmed);
  return Encoder(trimmed).run();
}

}  // namespace relais::document
