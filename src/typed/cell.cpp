#include "typed/cell.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/limits.h"
#include "typed/packed.h"
#include "typed/text.h"

namespace relais::typed {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Widens a float by its shortest decimal, so that 36.6f becomes 36.6.
double widened(float number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  double wide = 0;
  std::from_chars(digits, end, wide);
  return wide;
}

Result<Value> encode_integer(const Slot& from) {
  const Reflection& reflect = *from.in.GetReflection();
  const FieldDescriptor* declared = &from.declared;
  const bool single = from.index < 0;
  switch (from.declared.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value(std::int64_t{single ? reflect.GetInt32(from.in, declared)
                                       : reflect.GetRepeatedInt32(from.in, declared, from.index)});
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value(std::int64_t{single ? reflect.GetUInt32(from.in, declared)
                                       : reflect.GetRepeatedUInt32(from.in, declared, from.index)});
    case FieldDescriptor::CPPTYPE_INT64: return Value(from.count());
    default: break;
  }
  const std::uint64_t number = single ? reflect.GetUInt64(from.in, declared)
                                      : reflect.GetRepeatedUInt64(from.in, declared, from.index);
  if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return bad("The integer is out of range: documents hold signed 64-bit integers.");
  }
  return Value(static_cast<std::int64_t>(number));
}

Result<Value> encode_number(const Slot& from) {
  const Reflection& reflect = *from.in.GetReflection();
  const FieldDescriptor* declared = &from.declared;
  double number = 0;
  if (declared->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    number = from.index < 0 ? reflect.GetDouble(from.in, declared)
                            : reflect.GetRepeatedDouble(from.in, declared, from.index);
  } else {
    const float narrow = from.index < 0 ? reflect.GetFloat(from.in, declared)
                                        : reflect.GetRepeatedFloat(from.in, declared, from.index);
    number = std::isfinite(narrow) ? widened(narrow) : static_cast<double>(narrow);
  }
  if (!std::isfinite(number)) return bad("The number is not finite.");
  return Value(number);
}

Result<Value> encode_text(const Cell& cell, const Slot& from) {
  std::string text = from.text();
  if (cell.scalar == Scalar::bytes) {
    text = to_base64(text);
  } else if (!is_utf8(text)) {
    return bad("The text is not UTF-8.");
  }
  if (text.size() > limits::kStringBytes) {
    return Error(ErrorCode::limit_exceeded,
                 "The text is longer than " + std::to_string(limits::kStringBytes) + " bytes.");
  }
  return Value(std::move(text));
}

Result<Value> encode_choice(const Slot& from) {
  const Reflection& reflect = *from.in.GetReflection();
  const int number = from.index < 0
                         ? reflect.GetEnumValue(from.in, &from.declared)
                         : reflect.GetRepeatedEnumValue(from.in, &from.declared, from.index);
  const auto* choice = from.declared.enum_type()->FindValueByNumber(number);
  if (choice == nullptr) return bad("The number is none of the enum's values.");
  return Value(code_of(*choice));
}

}  // namespace

const Message& Slot::object() const {
  const Reflection& reflect = *in.GetReflection();
  return index < 0 ? reflect.GetMessage(in, &declared)
                   : reflect.GetRepeatedMessage(in, &declared, index);
}

std::string Slot::text() const {
  const Reflection& reflect = *in.GetReflection();
  return index < 0 ? reflect.GetString(in, &declared)
                   : reflect.GetRepeatedString(in, &declared, index);
}

std::int64_t Slot::count() const {
  const Reflection& reflect = *in.GetReflection();
  return index < 0 ? reflect.GetInt64(in, &declared)
                   : reflect.GetRepeatedInt64(in, &declared, index);
}

int size_of(const Field& field, const Message* in) {
  return in != nullptr ? in->GetReflection()->FieldSize(*in, field.declared) : 0;
}

Result<Value> encode(const Cell& cell, const Slot& from) {
  const Reflection& reflect = *from.in.GetReflection();
  switch (cell.scalar) {
    case Scalar::boolean:
      return Value(from.index < 0 ? reflect.GetBool(from.in, &from.declared)
                                  : reflect.GetRepeatedBool(from.in, &from.declared, from.index));
    case Scalar::integer: return encode_integer(from);
    case Scalar::number: return encode_number(from);
    case Scalar::text:
    case Scalar::bytes: return encode_text(cell, from);
    case Scalar::choice: return encode_choice(from);
    default: return pack(cell, from.object());
  }
}

bool same(const Value& a, const Value& b) {
  if (a.number() != nullptr && b.number() != nullptr) {
    return std::bit_cast<std::uint64_t>(*a.number()) == std::bit_cast<std::uint64_t>(*b.number());
  }
  return a == b;
}

}  // namespace relais::typed
