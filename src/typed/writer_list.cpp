#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/align.h"
#include "base/check.h"
#include "base/try.h"
#include "typed/reading.h"
#include "typed/writer.h"

/// Lists: removed, new, moved and edited elements.
namespace relais::typed {
namespace {

using google::protobuf::Message;

/// Deterministic serialization: equal messages give equal bytes.
std::string bytes_of(const Message& object) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  object.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

/// Numbers the contents of elements: equal contents, equal numbers.
class Contents {
 public:
  Result<std::vector<AlignItem>> items(const Field& field, const Message* in, const Where& where) {
    std::vector<AlignItem> items;
    for (int i = 0; i < size_of(field, in); ++i) {
      const Slot slot{*in, *field.declared, i};
      auto made = item(field.cell, slot);
      if (!made) {
        const auto index = static_cast<std::size_t>(i);
        return std::move(made).error().within(where.element("", index).shown);
      }
      items.push_back(std::move(*made));
    }
    return items;
  }

 private:
  Result<AlignItem> item(const Cell& cell, const Slot& slot) {
    AlignItem item;
    if (cell.object == nullptr) {
      RELAIS_ASSIGN(const Value value, encode(cell, slot));
      item.content = number(to_json(value));
      return item;
    }
    const Field* id = cell.object->element_id;
    if (id != nullptr && slot.object().GetReflection()->HasField(slot.object(), id->declared)) {
      RELAIS_ASSIGN(const Value value, encode(id->cell, Slot{slot.object(), *id->declared}));
      item.id = to_json(value);
      return item;
    }
    item.content = number(bytes_of(slot.object()));
    return item;
  }

  std::uint32_t number(std::string content) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    return numbers_.emplace(std::move(content), next).first->second;
  }

  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// Fails if more elements have one id than before: the caller has added a second one.
Status check_ids(const std::vector<AlignItem>& before, const std::vector<AlignItem>& after,
                 const Where& where) {
  std::unordered_map<std::string, std::size_t> had;
  for (const AlignItem& item : before) ++had[item.id];
  std::unordered_map<std::string, std::size_t> have;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].id.empty()) continue;
    if (++have[after[i].id] <= std::max<std::size_t>(1, had[after[i].id])) continue;
    return Error(ErrorCode::bad_input, "An element before it has the same id.")
        .within(where.element("", i).shown);
  }
  return {};
}

/// The list while its edits are recorded: which element of the document is at which index. Elements
/// are placed from front to back, each right after the previous one.
class Standing {
 public:
  explicit Standing(std::vector<std::size_t> children) : children_(std::move(children)) {}

  void keep(std::size_t child) { at_ = place_of(child) + 1; }
  void to_end() { at_ = children_.size(); }
  std::size_t insert() {
    children_.insert(children_.begin() + static_cast<std::ptrdiff_t>(at_), kNew);
    return at_++;
  }
  /// The two indices of Transaction::move.
  std::pair<std::size_t, std::size_t> move(std::size_t child) {
    const std::size_t from = place_of(child);
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(from));
    if (from < at_) --at_;
    children_.insert(children_.begin() + static_cast<std::ptrdiff_t>(at_), child);
    return {from, at_++};
  }

 private:
  static constexpr std::size_t kNew = static_cast<std::size_t>(-1);

  std::size_t place_of(std::size_t child) const {
    const auto found = std::find(children_.begin(), children_.end(), child);
    RELAIS_CHECK(found != children_.end());
    return static_cast<std::size_t>(found - children_.begin());
  }

  std::vector<std::size_t> children_;
  std::size_t at_ = 0;
};

/// The elements of the document that the type sees: all but unknown enum texts.
std::vector<std::size_t> seen_children(const Cell& cell, const std::vector<FieldTree>& children) {
  std::vector<std::size_t> seen;
  for (std::size_t child = 0; child < children.size(); ++child) {
    if (cell.object != nullptr || is_known(cell, children[child].value)) seen.push_back(child);
  }
  return seen;
}

}  // namespace

Status Writer::list(const Field& field, const FieldTree* tree, const Message* before,
                    const Message& after, const Where& where) {
  Contents contents;
  RELAIS_ASSIGN(const std::vector<AlignItem> old, contents.items(field, before, where));
  RELAIS_ASSIGN(const std::vector<AlignItem> now, contents.items(field, &after, where));
  RELAIS_TRY(check_ids(old, now, where));
  if (!now.empty()) RELAIS_TRY(clear_null(tree, where));
  const auto& children = or_nothing(tree).children;
  const std::vector<std::size_t> seen = seen_children(field.cell, children);
  RELAIS_CHECK(seen.size() == old.size());

  Matched matched{align_lists(old, now), seen};
  RELAIS_TRY(place(field, children, matched, after, where));
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (!matched.places[i]) continue;
    const std::size_t place = *matched.places[i];
    const FieldTree& child = children[seen[place]];
    const Slot was{*before, *field.declared, static_cast<int>(place)};
    const Slot is{after, *field.declared, static_cast<int>(i)};
    const Where at = where.element(child.step, i);
    RELAIS_TRY(field.cell.object != nullptr
                   ? object(*field.cell.object, &child, &was.object(), is.object(), at)
                   : scalar(field.cell, &child, was, is, at));
  }
  return {};
}

Status Writer::place(const Field& field, const std::vector<FieldTree>& children,
                     const Matched& matched, const Message& after, const Where& where) {
  std::vector<std::size_t> places;
  std::vector<bool> goes(children.size());
  for (const std::size_t child : matched.seen) goes[child] = true;
  for (const auto& place : matched.places) {
    if (!place) continue;
    places.push_back(*place);
    goes[matched.seen[*place]] = false;
  }
  std::vector<std::size_t> left;
  for (std::size_t child = 0; child < children.size(); ++child) {
    if (!goes[child]) left.push_back(child);
    if (goes[child]) RELAIS_TRY(erase(where.element(children[child].step, child)));
  }
  Standing standing(std::move(left));
  const std::vector<bool> stays = ascending(places);
  std::size_t known = 0;
  std::size_t tail = matched.places.size();  // new elements at the end also follow the unseen ones
  while (tail > 0 && !matched.places[tail - 1]) --tail;
  for (std::size_t i = 0; i < matched.places.size(); ++i) {
    const int index = static_cast<int>(i);
    if (i == tail) standing.to_end();
    if (!matched.places[i]) {
      RELAIS_TRY(insert(field, Slot{after, *field.declared, index}, where, standing.insert()));
    } else if (stays[known++]) {
      standing.keep(matched.seen[*matched.places[i]]);
    } else {
      const auto [from, to] = standing.move(matched.seen[*matched.places[i]]);
      Edit edit{Edit::Action::move, where.path, where.shown};
      edit.index = from;
      edit.to = to;
      if (from != to) RELAIS_TRY(push(std::move(edit), where));
    }
  }
  return {};
}

Status Writer::insert(const Field& field, const Slot& element, const Where& list, std::size_t at) {
  Edit edit{Edit::Action::insert, list.path, list.shown};
  edit.index = at;
  const Where where = list.element(std::to_string(at), static_cast<std::size_t>(element.index));
  if (field.cell.object == nullptr) {
    RELAIS_ASSIGN(const Value value, encode(field.cell, element));
    edit.text = to_json(value);
    return push(std::move(edit), where);
  }
  edit.text = "{}";
  RELAIS_TRY(push(std::move(edit), where));
  return object(*field.cell.object, nullptr, nullptr, element.object(), where);
}

}  // namespace relais::typed
