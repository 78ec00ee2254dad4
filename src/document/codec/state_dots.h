#pragma once

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "document/codec/state_code.h"
#include "document/small_vector.h"
#include "document/state/table.h"

namespace relais::document {

/// Reads a state's context and changes, which precede the nodes, and the dots that name changes.
/// Faults are sticky in the reader and end each loop, so a false count does no harm.
class StateDots {
 protected:
  using Use = state_layout::Use;

  StateDots(BytesView bytes, State::Table& table) : in_(bytes), table_(table) {}

  /// What the dots read so far say of a change.
  struct Known {
    std::uint32_t last_index = 0;
    Use use = Use::none;
    bool stamped = false;
  };
  template <class T, std::size_t inside>
  using SmallVector = boost::container::small_vector<T, inside>;

  void require(bool condition) {
    if (!condition) in_.fail();
  }

  void read_positions() {
    const std::uint64_t head = in_.varint();
    for (std::uint64_t i = 0; i < head >> 1 && in_.ok(); ++i) {
      const Position entry{in_.id<AuthorId>(), in_.varint()};
      require(entry.seq <= limits::kLastSeq);
      require(authors_.empty() || authors_.back().author < entry.author);
      authors_.push_back(entry);
      if (in_.ok() && entry.seq > 0) table_.context.advance(entry.author, entry.seq);
    }
    if ((head & state_layout::kHasContents) != 0) read_contents();
    for (const Position& entry : authors_) read_changes(entry);
  }

  /// An author by its index. Indices ascend, strictly unless `may_repeat`.
  const Position* read_author(std::optional<std::uint64_t>& before, bool may_repeat) {
    const std::uint64_t place = in_.varint();
    require(place < authors_.size() &&
            (!before || *before < place || (may_repeat && *before == place)));
    before = place;
    return in_.ok() ? &authors_[static_cast<std::size_t>(place)] : nullptr;
  }

  void read_contents() {
    const std::uint64_t count = in_.varint();
    require(count > 0);
    std::optional<std::uint64_t> last;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      const Position* author = read_author(last, false);
      if (author == nullptr || author->seq != 1) return in_.fail();
      Content content{author->author, {}};
      read_carriers(content.carriers);
      table_.contents.push_back(std::move(content));
    }
  }

  void read_carriers(std::vector<Position>& carriers) {
    const std::uint64_t count = in_.varint();
    require(count > 0);
    std::optional<std::uint64_t> last;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      const Position* author = read_author(last, true);
      const std::uint64_t seq = in_.varint();
      if (author == nullptr || seq == 0 || seq > author->seq) return in_.fail();
      const Position carrier{author->author, seq};
      require(carriers.empty() || carriers.back() < carrier);
      carriers.push_back(carrier);
    }
  }

  void read_changes(const Position& entry) {
    const std::uint64_t count = in_.varint();
    require(count > 0 || entry.seq > 0);
    std::uint64_t seq = 0;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      const std::uint64_t head = in_.varint();
      const std::uint64_t step = head >> 1;
      // A change that is only named may be beyond the context.
      const std::uint64_t last = (head & 1) != 0 ? entry.seq : std::uint64_t{limits::kLastSeq};
      require(step > 0 && seq < last && step <= last - seq);
      seq += step;
      const bool stamped = (head & 1) != 0;
      const Stamp stamp = stamped ? read_stamp() : kNoStamp;
      if (!in_.ok()) return;
      table_.changes.append({entry.author, seq}, stamp);
      changes_.push_back({0, Use::none, stamped});
    }
  }

  Stamp read_stamp() {
    const std::uint64_t ms = last_ms_ + static_cast<std::uint64_t>(in_.zigzag());
    const std::uint64_t counter = in_.varint();
    require(ms >> 48 == 0 && counter <= 0xffff);
    last_ms_ = ms;
    return {ms << 16 | (counter & 0xffff)};
  }

  LocalDot read_dot(int flag_bits, unsigned& flags, Use use = Use::written) {
    const std::uint64_t change = table_.changes.size() > 1 ? in_.varint() : 0;
    const std::uint64_t head = in_.varint();
    flags = static_cast<unsigned>(head & ((1U << flag_bits) - 1));
    if (!in_.ok() || change >= table_.changes.size()) {
      in_.fail();
      return {};
    }
    const std::uint64_t zigzag = head >> flag_bits;
    const auto step = static_cast<std::int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
    const auto number = static_cast<std::uint32_t>(change);
    constexpr std::int64_t kIndexLimit = limits::kChangeBytes;
    require(step > -kIndexLimit && step < kIndexLimit);
    const std::int64_t index = changes_[number].last_index + (in_.ok() ? step : 0);
    require(index >= 0 && index < kIndexLimit);
    if (!in_.ok()) return {};
    return remember({number, static_cast<std::uint32_t>(index), 0}, use);
  }
  LocalDot read_dot(Use use = Use::written) {
    unsigned flags = 0;
    return read_dot(0, flags, use);
  }
  LocalDot remember(const LocalDot& dot, Use use) {
    changes_[dot.change].last_index = dot.index;
    changes_[dot.change].use = std::max(changes_[dot.change].use, use);
    last_dot_ = dot;
    return dot;
  }

  /// Reads the dots of one facet, ascending; `each` reads the data after each dot.
  template <class Each>
  void read_dots(const Each& each, Use use = Use::written) {
    std::optional<LocalDot> last;
    unsigned flags = state_layout::kMore;
    while (in_.ok() && (flags & state_layout::kMore) != 0) {
      const LocalDot dot = read_dot(state_layout::kDotFlagBits, flags, use);
      require(!last || (in_.ok() && table_.changes.less(*last, dot)));
      last = dot;
      if (in_.ok()) each(dot);
    }
  }

  void read(ChangeSet& set) {
    const std::uint64_t runs = in_.varint();
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < runs && in_.ok(); ++i) {
      const std::uint64_t gap = in_.varint();
      const std::uint64_t more = in_.varint();
      const std::uint64_t all = table_.changes.size();
      require(gap < all && more < all && next + gap + more < all && (i == 0 || gap > 0));
      if (!in_.ok()) return;
      next += gap;
      for (const std::uint64_t end = next + more; next <= end; ++next) {
        set.push_back(static_cast<std::uint32_t>(next));
        Use& use = changes_[set.back()].use;
        use = std::max(use, Use::referred);
      }
    }
  }

  template <class Items>
  void read_references(Items& items, Use use) {
    const std::uint64_t count = in_.varint();
    require(count > 0);
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      const LocalDot dot = read_dot(use);
      if (!in_.ok()) return;
      require(items.empty() || table_.changes.less(items.back(), dot));
      items.push_back(dot);
    }
  }

  /// Whether the changes are those that an encoder writes: only named ones, with stamps exactly
  /// where needed.
  bool is_as_used() const {
    return std::all_of(changes_.begin(), changes_.end(), [](const Known& change) {
      return change.use == (change.stamped ? Use::written : Use::referred);
    });
  }

  Reader in_;
  State::Table& table_;
  Context::Entries authors_;  ///< of the context, and those only named, with seq 0
  SmallVector<Known, 8> changes_;
  std::optional<LocalDot> last_dot_;
  std::uint64_t last_ms_ = state_layout::kStampEpochMs;
};

}  // namespace relais::document
