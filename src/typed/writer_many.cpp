#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/try.h"
#include "typed/reading.h"
#include "typed/writer.h"

/// Sets and maps.
namespace relais::typed {
namespace {

using google::protobuf::Message;

/// The value as the type sees it, whatever its form in the document: 38 for a double is 38.0.
std::optional<Value> as_seen(const Cell& cell, const Value& value, const Message& prototype) {
  const std::unique_ptr<Message> scratch(prototype.New());
  const auto known = decode(cell, value, *scratch);
  if (!known || !*known) return std::nullopt;
  auto seen = encode(cell, Slot{*scratch, *cell.declared, 0});
  return seen ? std::optional(std::move(*seen)) : std::nullopt;
}

std::string key_of(const Field& field, const Message& entry) {
  return entry.GetReflection()->GetString(entry, field.declared->message_type()->map_key());
}

using Entries = std::map<std::string, Slot>;
Entries entries_of(const Field& field, const Message* in) {
  Entries entries;
  for (int i = 0; i < size_of(field, in); ++i) {
    const Message& entry = in->GetReflection()->GetRepeatedMessage(*in, field.declared, i);
    entries.emplace(key_of(field, entry), Slot{entry, *field.cell.declared});
  }
  return entries;
}

}  // namespace

Status Writer::set(const Field& field, const FieldTree* tree, const Message& after,
                   const Where& where) {
  std::vector<Value> wanted;
  std::unordered_set<std::string> is_wanted;
  for (int i = 0; i < size_of(field, &after); ++i) {
    auto value = encode(field.cell, Slot{after, *field.declared, i});
    if (!value) {
      return std::move(value).error().within(where.element("", static_cast<std::size_t>(i)).shown);
    }
    if (is_wanted.insert(to_json(*value)).second) wanted.push_back(std::move(*value));
  }
  std::unordered_set<std::string> is_there;
  for (const Value& value : or_nothing(tree).elements) {
    const auto known = as_seen(field.cell, value, after);
    if (!known) continue;  // from a newer schema
    is_there.insert(to_json(*known));
    if (is_wanted.count(to_json(*known)) != 0) continue;
    Edit edit{Edit::Action::remove, where.path, where.shown};
    edit.value = value;
    RELAIS_TRY(push(std::move(edit), where));
  }
  if (!wanted.empty()) RELAIS_TRY(clear_null(tree, where));
  for (Value& value : wanted) {
    if (is_there.count(to_json(value)) != 0) continue;
    Edit edit{Edit::Action::add, where.path, where.shown};
    edit.value = std::move(value);
    RELAIS_TRY(push(std::move(edit), where));
  }
  return {};
}

Status Writer::map(const Field& field, const FieldTree* tree, const Message* before,
                   const Message& after, const Where& where) {
  const Entries old = entries_of(field, before);
  const Entries now = entries_of(field, &after);
  if (!now.empty()) RELAIS_TRY(clear_null(tree, where));
  std::unordered_map<std::string, const FieldTree*> there;
  for (const FieldTree& child : or_nothing(tree).children) {
    there[child.step] = &child;
  }
  for (const auto& [key, slot] : old) {
    if (now.count(key) == 0) RELAIS_TRY(erase(where.key(key)));
  }
  for (const auto& [key, slot] : now) {
    const auto known = old.find(key);
    const Place was = known != old.end() ? Place(known->second) : std::nullopt;
    const auto child = there.find(key);
    RELAIS_TRY(cell(field.cell, child != there.end() ? child->second : nullptr, was, slot,
                    where.key(key), true));
  }
  return {};
}

}  // namespace relais::typed
