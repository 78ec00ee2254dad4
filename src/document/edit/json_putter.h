#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/align.h"
#include "document/edit/draft.h"
#include "document/json/dom.h"
#include "document/state/table.h"
#include "document/view/list_view.h"

namespace relais::document {

/// Turns parsed JSON into edits of a draft. Only for the files of Draft.
class JsonPutter {
 public:
  JsonPutter(Draft& draft, const TextRules& text) : draft_(draft), text_(text) {}

  /// `depth`: of the JSON in the document.
  Status parse(const Path& path, std::size_t depth, std::string_view json,
               simdjson::dom::element& root);
  Status put(const Path& path, const simdjson::dom::element& json);
  /// Inserts at an index of the list.
  Status insert(const Path& list, std::size_t index, const simdjson::dom::element& json);

 private:
  using Items = std::vector<simdjson::dom::element>;

  const State::Table& table() const { return draft_.state_.table(); }
  const Node* find(const Path& path) const { return table().find(path); }
  bool lives_alone(const Path& path, FieldKind kind) const {
    const Node* node = find(path);
    if (node == nullptr) return false;
    return std::all_of(std::begin(kKinds), std::end(kKinds),
                       [&](FieldKind other) { return is_live(*node, other) == (other == kind); });
  }
  bool is_new_text(const Path& path) const;
  Error at(const Path& path, Error error) const {
    return std::move(error).within(to_text(path, draft_.state_));
  }

  Status put_scalar(const Path& path, const simdjson::dom::element& json);
  Status put_number_on_counter(const Path& path, std::int64_t number);
  Status put_text(const Path& path, std::string_view text);
  Status put_object(const Path& path, const simdjson::dom::element& json);
  Status put_array(const Path& path, const simdjson::dom::element& json);
  Status put_set(const Path& path, const Items& items);

  /// Unchanged, moved and edited elements keep their ids.
  Status put_list(const Path& path, const Items& items);
  /// Matches the items to the `old_count` elements from `front` on.
  Matches align(const Path& path, std::size_t front, std::size_t old_count,
                const Items& items) const;
  Status erase_unmatched(const Path& path, const ListView& list, std::size_t front,
                         std::size_t old_count, const Matches& matches);
  Status place(const Path& path, const ListView& list, std::size_t front, const Items& middle,
               const Matches& matches);
  /// Inserts a new element between two units; returns its id.
  Result<Dot> insert(const Path& list, const layout::Neighbours& where,
                     const simdjson::dom::element& json);
  layout::Neighbours behind(const Path& list, const std::optional<Dot>& left) const;

  Draft& draft_;
  TextMatcher text_;
  simdjson::dom::parser parser_;
};

/// Whether a node is shown as this JSON, without a conflict.
bool reads_as(const ChangeTable& changes, const Node& node, const simdjson::dom::element& json);

}  // namespace relais::document
