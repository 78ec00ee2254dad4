#include "typed/reading.h"

#include <algorithm>

#include "base/try.h"
#include "typed/cell.h"
#include "typed/packed.h"
#include "typed/text.h"

namespace relais::typed {
namespace {

using google::protobuf::Message;

bool is_register(FieldKind kind) {
  return kind == FieldKind::value || kind == FieldKind::last_writer || kind == FieldKind::ranked;
}

std::string_view name_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::map: return "an object";
    case FieldKind::list: return "a list";
    case FieldKind::text: return "a text for several";
    case FieldKind::set: return "a set";
    case FieldKind::counter: return "a counter";
    default: return "a value";
  }
}

Status check_kind(const FieldTree& tree, FieldKind kind, const Where& where) {
  if (tree.kind == kind || (is_register(tree.kind) && is_register(kind))) return {};
  std::string what = "The document has ";
  what.append(name_of(tree.kind)).append(" here, not ").append(name_of(kind)).append(".");
  return Error(ErrorCode::wrong_kind, std::move(what)).within(where.shown);
}

class Reader {
 public:
  Status object(const Type& type, const FieldTree& tree, Message& into, const Where& where) {
    for (const Field& field : type.fields) {
      RELAIS_TRY(member(field, tree, into, where));
    }
    return {};
  }

 private:
  Status member(const Field& field, const FieldTree& tree, Message& into, const Where& above) {
    const Where where = above.below(field.steps);
    const FieldTree* found = find(tree, field.steps);
    if (found == nullptr || is_null(*found)) return section_kind(field, tree, above);
    // Two devices wrote different members of one oneof: the first declared is shown.
    const auto* oneof = field.declared->real_containing_oneof();
    if (oneof != nullptr && into.GetReflection()->HasOneof(into, oneof)) return {};
    switch (field.form) {
      case Form::one: return without_value(cell(field.cell, *found, into, where));
      case Form::set: return set(field, *found, into, where);
      case Form::list: return list(field, *found, into, where);
      case Form::map: break;
    }
    return map(field, *found, into, where);
  }

  static Status without_value(Result<bool> done) {
    return done ? Status() : Status(std::move(done).error());
  }

  /// A section that is not an object would hide all its fields: report it.
  Status section_kind(const Field& field, const FieldTree& tree, const Where& above) {
    if (field.steps.size() < 2) return {};
    const FieldTree* section = find(tree, {field.steps[0]});
    if (section == nullptr || is_null(*section)) return {};
    return check_kind(*section, FieldKind::map, above.below(field.steps[0]));
  }

  /// False: a value that this schema does not know; nothing is set.
  Result<bool> cell(const Cell& cell, const FieldTree& tree, Message& into, const Where& where) {
    RELAIS_TRY(check_kind(tree, cell.kind, where));
    const auto& reflect = *into.GetReflection();
    switch (cell.kind) {
      case FieldKind::map:
        RELAIS_TRY(object(*cell.object, tree, new_object(*cell.declared, into), where));
        return true;
      case FieldKind::text: reflect.SetString(&into, cell.declared, tree.text); return true;
      case FieldKind::counter: reflect.SetInt64(&into, cell.declared, tree.count); return true;
      default: return scalar(cell, tree.value, into, where);
    }
  }

  Result<bool> scalar(const Cell& cell, const Value& value, Message& into, const Where& where) {
    auto known = decode(cell, value, into);
    if (!known) return std::move(known).error().within(where.shown);
    return known;
  }

  Status set(const Field& field, const FieldTree& tree, Message& into, const Where& where) {
    RELAIS_TRY(check_kind(tree, FieldKind::set, where));
    for (const Value& element : tree.elements) RELAIS_TRY(scalar(field.cell, element, into, where));
    return {};
  }

  Status list(const Field& field, const FieldTree& tree, Message& into, const Where& where) {
    RELAIS_TRY(check_kind(tree, FieldKind::list, where));
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
      RELAIS_TRY(cell(field.cell, tree.children[i], into, where.element(tree.children[i].step, i)));
    }
    return {};
  }

  Status map(const Field& field, const FieldTree& tree, Message& into, const Where& where) {
    RELAIS_TRY(check_kind(tree, FieldKind::map, where));
    const auto& reflect = *into.GetReflection();
    for (const FieldTree& child : tree.children) {
      if (is_null(child)) continue;
      Message& entry = *reflect.AddMessage(&into, field.declared);
      entry.GetReflection()->SetString(&entry, field.declared->message_type()->map_key(),
                                       child.step);
      RELAIS_ASSIGN(const bool known, cell(field.cell, child, entry, where.key(child.step)));
      if (!known) reflect.RemoveLast(&into, field.declared);
    }
    return {};
  }
};

}  // namespace

Status read_tree(const Type& type, const FieldTree& document, Message& into) {
  return Reader().object(type, document, into, Where());
}

const FieldTree* find(const FieldTree& tree, const std::vector<std::string>& steps) {
  const FieldTree* at = &tree;
  for (const std::string& step : steps) {
    if (at->kind != FieldKind::map) return nullptr;
    const auto child = std::find_if(at->children.begin(), at->children.end(),
                                    [&step](const FieldTree& one) { return one.step == step; });
    if (child == at->children.end()) return nullptr;
    at = &*child;
  }
  return at;
}

const FieldTree& or_nothing(const FieldTree* tree) {
  static const FieldTree kNothing;
  return tree != nullptr ? *tree : kNothing;
}

bool is_null(const FieldTree& tree) { return is_register(tree.kind) && tree.value.is_null(); }

}  // namespace relais::typed
