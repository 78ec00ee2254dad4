#include <google/protobuf/unknown_field_set.h>

#include "base/limits.h"
#include "base/try.h"
#include "typed/cell.h"
#include "typed/text.h"
#include "typed/writing.h"

namespace relais::typed {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Error fault(ErrorCode code, std::string_view what, const Where& where) {
  Error error(code, std::string(what));
  return where.shown.empty() ? error : std::move(error).within(where.shown);
}

/// Fields that the schema does not name cannot be written and must not be lost silently.
Status check_known(const Message& object, const Where& where) {
  const auto& reflect = *object.GetReflection();
  bool known = reflect.GetUnknownFields(object).empty();
  std::vector<const FieldDescriptor*> set;
  reflect.ListFields(object, &set);
  for (const FieldDescriptor* one : set) known = known && !one->is_extension();
  if (known) return {};
  return fault(ErrorCode::bad_input, "The message has fields that its type doesn't name.", where);
}

class Content {
 public:
  Status object(const Type& type, const Message& from, const Where& where) {
    RELAIS_TRY(check_known(from, where));
    for (const Field& one : type.fields) {
      RELAIS_TRY(member(one, from, where.below(one.steps)));
    }
    return {};
  }

 private:
  Status member(const Field& one, const Message& from, const Where& where) {
    const auto& reflect = *from.GetReflection();
    if (one.form == Form::one) {
      if (!reflect.HasField(from, one.declared)) return {};
      return cell(one.cell, Slot{from, *one.declared}, where);
    }
    for (int i = 0; i < reflect.FieldSize(from, one.declared); ++i) {
      if (one.form == Form::map) {
        RELAIS_TRY(entry(one, reflect.GetRepeatedMessage(from, one.declared, i), where));
        continue;
      }
      const auto index = static_cast<std::size_t>(i);
      RELAIS_TRY(cell(one.cell, Slot{from, *one.declared, i}, where.element("", index)));
    }
    return {};
  }

  Status entry(const Field& one, const Message& from, const Where& above) {
    const std::string name =
        from.GetReflection()->GetString(from, one.declared->message_type()->map_key());
    const Where where = above.key(name);
    if (!is_utf8(name)) return fault(ErrorCode::bad_input, "The key is not UTF-8.", where);
    if (name.size() > limits::kPathStepBytes) {
      return fault(ErrorCode::limit_exceeded,
                   "The key is longer than " + std::to_string(limits::kPathStepBytes) + " bytes.",
                   where);
    }
    return cell(one.cell, Slot{from, *one.cell.declared}, where);
  }

  Status cell(const Cell& cell, const Slot& from, const Where& where) {
    if (cell.object != nullptr) return object(*cell.object, from.object(), where);
    if (cell.scalar != Scalar::text || is_utf8(from.text())) return {};
    return fault(ErrorCode::bad_input, "The text is not UTF-8.", where);
  }
};

}  // namespace

Status check_content(const Type& type, const Message& object) {
  return Content().object(type, object, Where());
}

}  // namespace relais::typed
