#include "typed/writer.h"

#include "base/try.h"
#include "typed/reading.h"
#include "typed/writing.h"

namespace relais::typed {
namespace {

using google::protobuf::Message;

std::optional<Slot> slot_of(const Field& field, const Message* in) {
  if (in == nullptr || !in->GetReflection()->HasField(*in, field.declared)) return std::nullopt;
  return Slot{*in, *field.declared};
}

bool is_empty(const Message& object) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  object.GetReflection()->ListFields(object, &set);
  return set.empty();
}

}  // namespace

Status Writer::object(const Type& type, const FieldTree* tree, const Message* before,
                      const Message& after, const Where& where) {
  for (const Field& field : type.fields) {
    const std::size_t first_edit = edits_.size();
    RELAIS_TRY(member(type, field, tree, before, after, where));
    clear_section(field, tree, first_edit);
  }
  return {};
}

Status Writer::member(const Type& type, const Field& field, const FieldTree* tree,
                      const Message* before, const Message& after, const Where& above) {
  const Where where = above.below(field.steps);
  const FieldTree* there = tree != nullptr ? find(*tree, field.steps) : nullptr;
  switch (field.form) {
    case Form::list: return list(field, there, before, after, where);
    case Form::set: return set(field, there, after, where);
    case Form::map: return map(field, there, before, after, where);
    case Form::one: break;
  }
  const std::size_t edits = edits_.size();
  const Place to = slot_of(field, &after);
  RELAIS_TRY(
      cell(field.cell, there, slot_of(field, before), to, where, field.declared->has_presence()));
  const bool is_member = field.declared->real_containing_oneof() != nullptr;
  if (!is_member || !to || edits_.size() == edits) return {};
  return erase_others(type, field, tree, before, above);
}

/// Two devices wrote different members of one oneof: writing one of them erases the others.
Status Writer::erase_others(const Type& type, const Field& field, const FieldTree* tree,
                            const Message* before, const Where& above) {
  for (const Field& other : type.fields) {
    const bool beside = &other != &field && other.declared->real_containing_oneof() ==
                                                field.declared->real_containing_oneof();
    const FieldTree* there = beside && tree != nullptr ? find(*tree, other.steps) : nullptr;
    if (there == nullptr || is_null(*there) || slot_of(other, before)) continue;
    RELAIS_TRY(erase(above.below(other.steps)));
  }
  return {};
}

Status Writer::cell(const Cell& cell, const FieldTree* tree, Place before, Place after,
                    const Where& where, bool erasable) {
  if (cell.kind == FieldKind::text && !(erasable && !after)) {
    return text(tree, before, after, where);
  }
  if (cell.kind == FieldKind::counter) return count(tree, before, after, where, erasable);
  if (!after) return before ? erase(where) : Status();
  if (cell.object != nullptr) return message_in(cell, tree, before, *after, where);
  return scalar(cell, tree, before, *after, where);
}

Status Writer::scalar(const Cell& cell, const FieldTree* tree, Place before, const Slot& after,
                      const Where& where) {
  auto value = encode(cell, after);
  if (!value) return std::move(value).error().within(where.shown);
  if (before) {
    const auto old = encode(cell, *before);
    if (old && same(*old, *value)) return {};
  }
  Edit edit{Edit::Action::set, where.path, where.shown};
  edit.value = std::move(*value);
  if (cell.kind == FieldKind::last_writer) edit.action = Edit::Action::set_last_writer;
  if (cell.kind == FieldKind::ranked) {
    const auto rank = cell.rank_of(*edit.value.text());
    if (!rank) {
      return Error(ErrorCode::bad_input, "The value has no place in the field's order.")
          .within(where.shown);
    }
    edit.action = Edit::Action::set_ranked;
    edit.rank = *rank;
  }
  // A plain write would keep the rule that the register follows.
  const bool other_rule = tree != nullptr && tree->kind != cell.kind;
  if (edit.action == Edit::Action::set && other_rule) RELAIS_TRY(erase(where));
  return push(std::move(edit), where);
}

Status Writer::text(const FieldTree* tree, Place before, Place after, const Where& where) {
  const std::string old = before ? before->text() : std::string();
  std::string text = after ? after->text() : std::string();
  if (before.has_value() == after.has_value() && old == text) return {};
  if (!after && old.empty()) return {};
  RELAIS_TRY(clear_null(tree, where));
  Edit edit{Edit::Action::update_text, where.path, where.shown};
  edit.text = std::move(text);
  return push(std::move(edit), where);
}

Status Writer::count(const FieldTree* tree, Place before, Place after, const Where& where,
                     bool erasable) {
  if (erasable && !after) return before ? erase(where) : Status();
  Edit edit{Edit::Action::count, where.path, where.shown};
  const std::int64_t old = before ? before->count() : 0;
  if (__builtin_sub_overflow(after ? after->count() : 0, old, &edit.delta)) {
    return Error(ErrorCode::limit_exceeded, "The counter can't change by so much at once.")
        .within(where.shown);
  }
  const bool appears = erasable && !before;
  if (edit.delta == 0 && !appears) return {};
  RELAIS_TRY(clear_null(tree, where));
  return push(std::move(edit), where);
}

Status Writer::message_in(const Cell& cell, const FieldTree* tree, Place before, const Slot& after,
                          const Where& where) {
  if (!before) RELAIS_TRY(clear_null(tree, where));
  const Message* old = before ? &before->object() : nullptr;
  RELAIS_TRY(object(*cell.object, before ? tree : nullptr, old, after.object(), where));
  // An object exists by its fields; one without fields has to be made.
  const bool was_empty = old != nullptr && is_empty(*old);
  if (!is_empty(after.object()) || was_empty) return {};
  return push({Edit::Action::make_object, where.path, where.shown}, where);
}

Status Writer::push(Edit edit, const Where& where) {
  if (where.steps > limits::kNestingDepth) {
    return Error(ErrorCode::limit_exceeded, "The field is nested deeper than " +
                                                std::to_string(limits::kNestingDepth) + " steps.")
        .within(where.shown);
  }
  edits_.push_back(std::move(edit));
  return {};
}

Status Writer::erase(const Where& where) {
  return push({Edit::Action::erase, where.path, where.shown}, where);
}

void Writer::clear_section(const Field& field, const FieldTree* tree, std::size_t first_edit) {
  if (field.steps.size() < 2 || tree == nullptr || edits_.size() == first_edit) return;
  const std::string& section = field.steps[0];
  const FieldTree* there = find(*tree, {section});
  if (there == nullptr || !is_null(*there) || !cleared_sections_.insert(section).second) return;
  const Where where = Where().below(section);
  edits_.insert(edits_.begin() + static_cast<std::ptrdiff_t>(first_edit),
                Edit{Edit::Action::erase, where.path, where.shown});
}

Status Writer::clear_null(const FieldTree* tree, const Where& where) {
  return tree != nullptr && is_null(*tree) ? erase(where) : Status();
}

Result<std::vector<Edit>> edits_between(const Type& type, const FieldTree* document,
                                        const Message& before, const Message& after) {
  RELAIS_TRY(check_content(type, after));
  std::vector<Edit> edits;
  RELAIS_TRY(Writer(edits).object(type, document, &before, after, Where()));
  return edits;
}

}  // namespace relais::typed
