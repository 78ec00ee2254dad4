#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/coding.h"
#include "relais/value.h"

/// How a scalar is written: a five-bit type code, and a payload in a column of numbers or of text.
/// Each value has exactly one form. docs/spec/document.md, "Values".
namespace relais::document {

/// A `Value` that borrows its text.
struct ValueView {
  Value::Type type = Value::Type::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text{};  ///< of an attachment: packed, as Value has it

  ValueView() = default;
  ValueView(const Value& value);  // NOLINT
  static ValueView of(std::string_view text);
};

enum ValueCode : std::uint8_t {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kUnsigned1 = 3,  ///< an integer ≥ 0 in 1 byte; the next three in 2, 4, 8
  kUnsigned8 = 6,
  kNegative1 = 7,  ///< -1 - n in 1 byte; the next three in 2, 4, 8
  kNegative8 = 10,
  kDouble = 11,  ///< IEEE 754, 8 bytes
  kText = 12,    ///< length, and UTF-8
  kUuid = 13,    ///< the text of a UUID in lower case, 16 bytes
  kDate = 14,    ///< the text of a date from 1900-01-01, days in 2 bytes
  kMap = 15,     ///< no scalar: an empty object, or
  kList = 16,    ///< an empty array, as the content of a list's element
  kDecimal0 =
      17,  ///< a double that is m / 10^e exactly rounded, e = code - 17 up to 13: m as zigzag
  kDecimal13 = 30,
  kAttachment = 31,  ///< hash, size, media type
};

/// A value in its form, ready to be put: payload bytes are in `packed` or stand in the text.
struct CodedValue {
  ValueCode code = kNull;
  std::uint8_t packed_size = 0;
  char packed[16] = {};
  std::string_view text{};  ///< of kText; of kAttachment, packed
};

/// The only form of the value. The value is valid: finite, and UTF-8 within the limit.
CodedValue code_value(const ValueView& value);

/// Puts text after its length to `text`, anything else to `numbers`; both may be the same.
void put_payload(const CodedValue& coded, Bytes& numbers, Bytes& text);

/// Reads what put_payload wrote, or only checks it. Faults stick in the readers, also if it is not
/// the value's only form. Both may be the same reader.
Value read_value(ValueCode code, Reader& numbers, Reader& text);
void skip_value(ValueCode code, Reader& numbers, Reader& text);

/// The 16 bytes of a UUID's canonical lower-case text form (RFC 9562); false if it isn't one.
bool pack_uuid(std::string_view text, char* out);
void unpack_uuid(const char* bytes, Bytes& out);

/// A total order over values, equal only for the same form: null, booleans, integers, numbers,
/// text, attachments.
int compare(const Value& a, const Value& b);

/// Finite, text of well-formed UTF-8 within the limit, or an attachment whose media type may be
/// one.
bool is_valid(const ValueView& value);

}  // namespace relais::document
