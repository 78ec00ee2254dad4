#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "document/codec/change_layout.h"
#include "document/codec/names.h"
#include "document/codec/state_dots.h"
#include "document/codec/value_code.h"
#include "document/state/table.h"
#include "document/utf8.h"

namespace relais::document {

using namespace state_layout;  // NOLINT: the names of the format

namespace {

/// Reads the output of Encoder.
class Decoder : private StateDots {
  using StateDots::read;

 public:
  Decoder(BytesView bytes, State::Table& table) : StateDots(bytes, table) {}

  bool run() {
    read_positions();
    if (in_.ok()) read(table_.root, 0);
    if (in_.ok() && !in_.at_end()) {
      table_.hidden = std::make_unique<Node>();
      read(*table_.hidden, 0);
      require(!table_.hidden->vacant());
    }
    return in_.finished() && is_as_used();
  }

 private:
  void read(Dots& dots) {
    read_dots([&dots](const LocalDot& dot) { dots.push_back(dot); });
  }
  /// The count of a container's items, after its presence dots.
  std::uint64_t read_count(Dots& present) {
    const std::uint64_t head = in_.varint();
    if (in_.ok() && (head & kPresent) != 0) read(present);
    return head >> 1;
  }

  Value read_scalar() {
    const std::uint8_t code = in_.byte();
    require(code <= kAttachment);
    return in_.ok() ? read_value(static_cast<ValueCode>(code), in_, in_) : Value();
  }

  void read(std::vector<Total>& totals, std::uint64_t count, Use use) {
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      const LocalDot dot = read_dot(use);
      const std::int64_t total = in_.zigzag();
      if (!in_.ok()) return;
      const auto& changes = table_.changes;
      require(totals.empty() || changes.author(totals.back().dot) < changes.author(dot));
      totals.push_back({dot, total});
    }
  }

  void read(std::vector<Base>& bases) {
    const std::uint64_t count = in_.varint();
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      Base base;
      unsigned flags = 0;
      base.by = read_dot(1, flags, Use::referred);
      base.of_mark = (flags & kOfMark) != 0;
      base.dot = read_dot(Use::referred);
      base.total = in_.zigzag();
      if (!in_.ok()) return;
      const auto& changes = table_.changes;
      require(bases.empty() || changes.less(bases.back().by, base.by) ||
              (bases.back().by.same(base.by) && changes.less(bases.back().dot, base.dot)));
      bases.push_back(base);
    }
  }

  void read(Sequence& sequence, Dots& present, bool is_text) {
    const std::uint64_t count = read_count(present);
    require(count > 0 || !present.empty());
    runs_.clear();
    std::optional<LocalDot> before;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      Sequence::Stored& added = runs_.emplace_back(read_run(before));
      if (!in_.ok()) return;
      if (is_text && !added.deleted) {
        added.text = in_.sized(limits::kChangeBytes);
        require(is_utf8(added.text) && count_code_points(added.text) == added.length);
      }
      require(is_text || !added.deleted);
      before = added.first;
      before->index += added.length - 1;
    }
    auto built =
        in_.ok() ? Sequence::from(table_.changes, {runs_.data(), runs_.size()}) : std::nullopt;
    require(built.has_value());
    if (built) sequence = std::move(*built);
  }

  Sequence::Stored read_run(const std::optional<LocalDot>& before) {
    using Under = Sequence::Stored::Under;
    Sequence::Stored run;
    const std::uint64_t head = in_.varint();
    const auto flags = static_cast<unsigned>(head & ((1U << kRunFlagBits) - 1));
    const std::uint64_t length = (head >> kRunFlagBits) + 1;
    run.first = read_dot();
    require(length <= limits::kChangeBytes - run.first.index);
    run.length = static_cast<std::uint32_t>(length);
    run.deleted = (flags & kRunDeleted) != 0;
    const bool parent = (flags & kRunParent) != 0;
    const bool unattached = (flags & kRunUnattached) != 0;
    if ((flags & kRunLeft) != 0) {
      require((flags & (kRunParent | kRunRight | kRunUnattached)) == 0);
      run.under = Under::later;
      run.right = run.parent = read_dot();
      return run;
    }
    if (unattached) {
      require(parent || before);  // the first run is under the start by default
      run.under = parent ? Under::nothing : Under::start;
    } else if (parent || before) {
      run.under = Under::earlier;
      run.parent = parent ? read_dot() : *before;
    }
    if ((flags & kRunRight) != 0) run.right = read_dot();
    return run;
  }

  void read_set(std::vector<SetElement>& set, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      SetElement element{read_scalar(), {}};
      if (!in_.ok()) return;
      require(set.empty() || compare(set.back().value, element.value) < 0);
      read(element.dots);
      set.push_back(std::move(element));
    }
  }

  void read_extras(Extras& extras, std::uint8_t flags) {
    const auto present = [&extras](FieldKind kind) -> Dots& {
      return extras.present[static_cast<int>(kind)];
    };
    if ((flags & kHasMap) != 0) read(present(FieldKind::map));
    if ((flags & kHasList) != 0) read(extras.list, present(FieldKind::list), false);
    if ((flags & kHasText) != 0) read(extras.text, present(FieldKind::text), true);
    if ((flags & kHasSet) != 0) {
      read_set(extras.set, read_count(present(FieldKind::set)));
      require(!extras.set.empty() || !present(FieldKind::set).empty());
    }
    if ((flags & kHasCounter) != 0) {
      read(extras.counts, read_count(present(FieldKind::counter)), Use::written);
      read(extras.bases);
      require(!extras.counts.empty() || !extras.bases.empty() ||
              !present(FieldKind::counter).empty());
    }
    if ((flags & kHasRare) != 0) read_rare(extras.rare.make());
  }

  void read(Versions& versions, bool ranks) {
    read_dots([&](const LocalDot& dot) {
      versions.emplace_back([this] { return read_scalar(); }, dot);
      const std::uint64_t rank = ranks ? in_.varint() : 0;
      require(rank < layout::kRanks);
      versions.back().rank = static_cast<std::uint32_t>(rank);
    });
  }

  void read_mark(Mark& mark, const LocalDot& dot) {
    mark.dot = dot;
    const std::uint64_t reason = in_.varint();
    require(reason <= limits::kReasonBytes + 1);
    if (in_.ok() && reason != 0) {
      mark.reason = in_.take(static_cast<std::size_t>(reason - 1));
      require(is_utf8(*mark.reason));
    }
    read(mark.covered);
    read(mark.later);
  }

  void read_rare(Rare& rare) {
    const std::uint8_t flags = in_.byte();
    require(flags != 0 && (flags & ~kRare) == 0);
    if ((flags & kHasMarks) != 0) {
      read_dots([&](const LocalDot& dot) { read_mark(rare.marks.emplace_back(), dot); });
    }
    if ((flags & kHasKeeps) != 0) {
      read_dots([&](const LocalDot& dot) {
        Keep& keep = rare.keeps.emplace_back();
        keep.dot = dot;
        read_references(keep.marks, Use::written);
      });
    }
    if ((flags & kHasRestores) != 0) read(rare.restores);
    if ((flags & kHasWithdrawn) != 0) {
      read_dots(
          [&](const LocalDot& mark) {
            Withdrawn& gone = rare.withdrawn.emplace_back();
            gone.mark = mark;
            read_references(gone.by, Use::referred);
          },
          Use::referred);
    }
    if ((flags & (kHasMarks | kHasKeeps | kHasRestores | kHasWithdrawn)) != 0) {
      table_.marked = table_.unsettled = true;
    }
    if ((flags & kHasLastWriter) != 0) read(rare.last_writer, false);
    if ((flags & kHasRanked) != 0) read(rare.ranked, true);
    if ((flags & kHasMoves) != 0) {
      read_dots([&](const LocalDot& dot) { rare.moves.insert({read_dot(Use::referred), dot}); });
    }
  }

  void read_leaf(Node& node, std::uint8_t head) {
    const std::uint8_t where = head & (kLeafSameDot | kLeafNextDot);
    const auto code = static_cast<ValueCode>(head >> kLeafCodeShift & kLeafCodeMask);
    require(where == 0 || (last_dot_ && where != (kLeafSameDot | kLeafNextDot)));
    if (!in_.ok()) return;
    LocalDot dot;
    if (where == 0) {
      const auto before = last_dot_;
      dot = read_dot();
      // A dot that the first byte could express must be there.
      require(!before || before->change != dot.change ||
              (dot.index != before->index && dot.index != before->index + 1));
    } else {
      dot = *last_dot_;
      dot.index += where == kLeafNextDot ? 1 : 0;
      require(dot.index < limits::kChangeBytes);
      remember(dot, Use::written);
    }
    if (!in_.ok()) return;
    node.values.emplace_back([&] { return read_value(code, in_, in_); }, dot);
  }

  void read(Node& node, std::size_t depth) {
    const std::uint8_t flags = in_.byte();
    if ((flags & kLeaf) != 0) {
      require(depth > 0);
      return read_leaf(node, flags);
    }
    if ((flags & kHasValues) != 0) {
      read(node.values, false);
    }
    if ((flags & ~unsigned{kHasValues}) != 0) read_extras(node.more(), flags);
    const std::uint64_t count = in_.varint();
    const bool leaf = flags == kHasValues && node.values.size() == 1 && count == 0;
    require(!leaf);
    require(count == 0 ? flags != 0 || depth == 0 : depth < limits::kNestingDepth);
    if (in_.ok())
      node.children.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(count, 16)));
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) read_child(node, depth);
  }

  BytesView read_name(std::uint64_t head) {
    const std::uint64_t number = head >> kStepBits;
    if ((head & 3) == kTableName) {
      const auto name = name_of_number(number);
      require(name.has_value());
      return name.value_or(BytesView());
    }
    if ((head & 3) == kKnownName) {
      require(number < names_.size());
      return in_.ok() ? names_[static_cast<std::size_t>(number)] : BytesView{};
    }
    require((head & 3) == kNewName && number <= limits::kPathStepBytes);
    const BytesView name = in_.take(in_.ok() ? static_cast<std::size_t>(number) : 0);
    require(is_utf8(name) && !number_of_name(name) &&
            std::find(names_.begin(), names_.end(), name) == names_.end());
    if (names_.size() < kKnownNames) names_.push_back(name);
    return name;
  }

  void read_child(Node& node, std::size_t depth) {
    const std::uint64_t head = in_.varint();
    const Child* last = node.children.empty() ? nullptr : &node.children.back();
    if (head == kElementChild) {
      const LocalDot element = read_dot(Use::referred);
      require(depth > 0);
      if (!in_.ok()) return;
      require(last == nullptr || !last->is_element || table_.changes.less(last->element, element));
      node.children.emplace_back(element);
    } else {
      const BytesView name = read_name(head);
      require(last == nullptr || (!last->is_element && last->name < name));
      node.children.emplace_back(name);
    }
    if (in_.ok()) read(node.children.back().node, depth + 1);
  }

  SmallVector<Sequence::Stored, 4> runs_;
  SmallVector<BytesView, 16> names_;
};

}  // namespace

Result<State> State::decode(BytesView bytes) {
  if (bytes.empty()) return Error(ErrorCode::corrupt, "The state is empty.");
  if (static_cast<std::uint8_t>(bytes[0]) != kStateVersion) {
    return Error(ErrorCode::unsupported_version,
                 "The state was written by a newer version of Relais: update this device.");
  }
  State state;
  const Error malformed(ErrorCode::corrupt, "The state is malformed.");
  if (!Decoder(bytes.substr(1), *state.table_).run()) return malformed;
  // Hidden items follow from the marks; other bytes are malformed.
  if (state.table_->marked ? state.canonical() != bytes : state.table_->hidden != nullptr) {
    return malformed;
  }
  return state;
}

}  // namespace relais::document
