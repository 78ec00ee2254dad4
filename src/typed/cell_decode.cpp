#include <cmath>
#include <limits>

#include "base/try.h"
#include "typed/cell.h"
#include "typed/packed.h"

namespace relais::typed {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <class Number>
void put(Message& into, const FieldDescriptor* declared, Number number,
         void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
         void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const) {
  (into.GetReflection()->*(declared->is_repeated() ? add : set))(&into, declared, number);
}

template <class Narrow>
bool is_within(std::int64_t number) {
  return number >= std::int64_t{std::numeric_limits<Narrow>::min()} &&
         number <= std::int64_t{std::numeric_limits<Narrow>::max()};
}

Status decode_integer(const FieldDescriptor* to, std::int64_t number, Message& into) {
  const Error out_of_range = bad("The integer is out of the field's range.");
  switch (to->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (!is_within<std::int32_t>(number)) return out_of_range;
      put(into, to, static_cast<std::int32_t>(number), &Reflection::SetInt32,
          &Reflection::AddInt32);
      return {};
    case FieldDescriptor::CPPTYPE_UINT32:
      if (!is_within<std::uint32_t>(number)) return out_of_range;
      put(into, to, static_cast<std::uint32_t>(number), &Reflection::SetUInt32,
          &Reflection::AddUInt32);
      return {};
    case FieldDescriptor::CPPTYPE_UINT64:
      if (number < 0) return out_of_range;
      put(into, to, static_cast<std::uint64_t>(number), &Reflection::SetUInt64,
          &Reflection::AddUInt64);
      return {};
    default: put(into, to, number, &Reflection::SetInt64, &Reflection::AddInt64); return {};
  }
}

/// JSON may have 38 for 38.0; an integer that a double cannot represent exactly is refused.
std::optional<double> number_of(const Value& value) {
  if (const double* number = value.number()) return *number;
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  const std::int64_t* integer = value.integer();
  if (integer == nullptr || *integer > kExact || *integer < -kExact) return std::nullopt;
  return static_cast<double>(*integer);
}

Status decode_number(const FieldDescriptor* to, double number, Message& into) {
  if (to->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    put(into, to, number, &Reflection::SetDouble, &Reflection::AddDouble);
    return {};
  }
  if (std::fabs(number) > double{std::numeric_limits<float>::max()}) {
    return bad("The number is out of the field's range.");
  }
  put(into, to, static_cast<float>(number), &Reflection::SetFloat, &Reflection::AddFloat);
  return {};
}

void put_text(const FieldDescriptor* to, std::string text, Message& into) {
  const Reflection& reflect = *into.GetReflection();
  if (to->is_repeated()) {
    reflect.AddString(&into, to, std::move(text));
  } else {
    reflect.SetString(&into, to, std::move(text));
  }
}

std::string_view wanted(Scalar scalar) {
  switch (scalar) {
    case Scalar::boolean: return "true or false";
    case Scalar::integer: return "an integer";
    case Scalar::number: return "a number";
    case Scalar::attachment: return "an attachment";
    default: return "a text";
  }
}

std::string_view found(Value::Type type) {
  switch (type) {
    case Value::Type::null: return "null";
    case Value::Type::boolean: return "true or false";
    case Value::Type::integer: return "an integer";
    case Value::Type::number: return "a number";
    case Value::Type::text: return "a text";
    case Value::Type::attachment: break;
  }
  return "an attachment";
}

Error other_type(const Cell& cell, const Value& value) {
  std::string what = "The document has ";
  what.append(found(value.type())).append(" here, not ").append(wanted(cell.scalar)).append(".");
  return bad(what);
}

Result<bool> decode_text(const Cell& cell, const std::string& text, Message& into) {
  const FieldDescriptor* to = cell.declared;
  switch (cell.scalar) {
    case Scalar::text: put_text(to, text, into); return true;
    case Scalar::bytes: {
      auto bytes = from_base64(text);
      if (!bytes) return bad("The text is not base64.");
      put_text(to, std::move(*bytes), into);
      return true;
    }
    case Scalar::choice: {
      const auto* choice = choice_of(*to->enum_type(), text);
      if (choice == nullptr) return false;
      put(into, to, choice->number(), &Reflection::SetEnumValue, &Reflection::AddEnumValue);
      return true;
    }
    default: break;
  }
  RELAIS_TRY(unpack_time(cell, text, new_object(*to, into)));
  return true;
}

}  // namespace

Result<bool> decode(const Cell& cell, const Value& value, Message& into) {
  const FieldDescriptor* to = cell.declared;
  if (cell.scalar == Scalar::boolean && value.boolean() != nullptr) {
    put(into, to, *value.boolean(), &Reflection::SetBool, &Reflection::AddBool);
    return true;
  }
  if (cell.scalar == Scalar::integer && value.integer() != nullptr) {
    RELAIS_TRY(decode_integer(to, *value.integer(), into));
    return true;
  }
  if (const auto number = number_of(value); cell.scalar == Scalar::number && number) {
    RELAIS_TRY(decode_number(to, *number, into));
    return true;
  }
  if (const auto attachment = value.attachment(); cell.scalar == Scalar::attachment && attachment) {
    unpack_attachment(*attachment, new_object(*to, into));
    return true;
  }
  if (wanted(cell.scalar) == "a text" && value.text() != nullptr) {
    return decode_text(cell, *value.text(), into);
  }
  return other_type(cell, value);
}

bool is_known(const Cell& cell, const Value& value) {
  if (cell.scalar != Scalar::choice || value.text() == nullptr) return true;
  return choice_of(*cell.declared->enum_type(), *value.text()) != nullptr;
}

}  // namespace relais::typed
