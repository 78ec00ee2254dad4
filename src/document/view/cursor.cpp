#include "document/view/cursor.h"

#include <algorithm>

#include "base/try.h"
#include "document/sequence/span.h"
#include "document/state/table.h"
#include "document/view/path_text.h"

namespace relais::document {
namespace {

/// The units of a text or a list in order, and whether each is visible.
class Units {
 public:
  static Result<Units> of(const State& state, const Path& path) {
    const Node* node = state.table().find(path);
    const auto shown = node != nullptr ? shown_kind(*node) : std::nullopt;
    if (!shown) return Error(ErrorCode::not_found, "Nothing is at the path.");
    if (*shown == FieldKind::text) return Units(state.table().changes, *node);
    if (*shown == FieldKind::list)
      return Units(state.table().changes, *node, live_elements(state.table().changes, *node));
    return Error(ErrorCode::wrong_kind, "The field is neither a text nor a list.");
  }

  /// Calls `visit(unit, visible)` in order, until it returns false.
  template <class Visit>
  void each(const Visit& visit) const {
    for (auto at = order_.head(); at != Sequence::kNone; at = order_.run(at).after) {
      for (std::uint32_t i = 0; i < order_.run(at).length; ++i) {
        const LocalDot unit = order_.unit({at, i});
        if (!visit(unit, is_text_ ? is_read(order_.run(at)) : is_item(unit))) return;
      }
    }
  }

  const ChangeTable& changes() const { return changes_; }

 private:
  Units(const ChangeTable& changes, const Node& node)
      : changes_(changes), order_(node.extras->text), is_text_(true) {}
  Units(const ChangeTable& changes, const Node& node, const std::vector<ListItem>& items)
      : changes_(changes), order_(node.extras->list) {
    for (const ListItem& item : items) {
      if (item.unit) items_.push_back(key_of(*item.unit));
    }
    std::sort(items_.begin(), items_.end());
  }

  static bool is_read(const Sequence::Run& run) { return !run.deleted && !run.hidden; }
  bool is_item(const LocalDot& unit) const {
    return std::binary_search(items_.begin(), items_.end(), key_of(unit));
  }

  const ChangeTable& changes_;
  const Sequence& order_;
  std::vector<std::uint64_t> items_;  ///< units with an element, sorted
  bool is_text_ = false;
};

}  // namespace

Result<Cursor> make_cursor(const State& state, const Path& path, std::size_t position,
                           CursorSide side) {
  RELAIS_ASSIGN(const Units units, Units::of(state, path));
  const bool left = side == CursorSide::left;
  std::size_t read = 0;
  std::optional<LocalDot> holder;
  units.each([&](const LocalDot& unit, bool is_read) {
    if (!is_read) return true;
    if (read == (left ? position - 1 : position)) holder = unit;
    ++read;
    return true;
  });
  if (position > read) {
    return Error(ErrorCode::invalid_argument,
                 "The position is beyond the end of the field, whose length is " +
                     std::to_string(read) + ".");
  }
  Cursor cursor{left ? "<" : ">"};
  if (holder) cursor.token += element_text(units.changes().global(*holder));
  return cursor;
}

Result<std::size_t> find_cursor(const State& state, const Path& path, const Cursor& cursor) {
  RELAIS_ASSIGN(const Units units, Units::of(state, path));
  const std::string_view token = cursor.token;
  const bool left = token.starts_with('<');
  const auto dot = token.size() > 1 ? parse_element(token.substr(1)) : std::nullopt;
  if ((!left && !token.starts_with('>')) || (token.size() > 1 && !dot)) {
    return Error(ErrorCode::invalid_argument, "The cursor is malformed.");
  }
  const auto holder = dot ? units.changes().find(*dot) : std::nullopt;
  std::size_t read = 0;
  bool found = !dot;
  units.each([&](const LocalDot& unit, bool is_read) {
    if (!dot && left) return false;
    found = found || (holder && unit.same(*holder));
    const bool here = dot && found;
    if (is_read && (left || !here)) ++read;
    return !here;
  });
  if (found) return read;
  return Error(ErrorCode::not_found,
               "The cursor's character or element hasn't reached this device yet.");
}

}  // namespace relais::document
