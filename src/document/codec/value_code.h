#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/coding.h"
#include "relais/value.h"

/// The encoding of scalars: a five-bit type code, and a payload in a column of numbers or of text.
/// Each value has exactly one encoding. docs/spec/document.md, "Values".
namespace relais::document {

/// A `Value` that borrows its text.
struct ValueView {
  Value::Type type = Value::Type::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text{};  ///< of an attachment: packed, as in Value

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
  kText = 12,    ///< length, then UTF-8
  kUuid = 13,    ///< a text that is a UUID in lower case, in 16 bytes
  kDate = 14,    ///< a text that is a date from 1900-01-01, as days in 2 bytes
  kMap = 15,     ///< not a scalar: an empty object, or
  kList = 16,    ///< an empty array, as the content of a list's element
  /// A double that is m / 10^e correctly rounded, with e = code - 17 up to 13; m as zigzag.
  kDecimal0 = 17,
  kDecimal13 = 30,
  kAttachment = 31,  ///< hash, size, media type
};

/// An encoded value: the payload is in `packed` or in `text`.
struct CodedValue {
  ValueCode code = kNull;
  std::uint8_t packed_size = 0;
  char packed[16] = {};
  std::string_view text{};  ///< of kText; of kAttachment, packed
};

/// Encodes a valid value: finite, or UTF-8 within the limit.
CodedValue code_value(const ValueView& value);

/// Appends text with its length to `text`, and other payloads to `numbers`; both may be the same.
void put_payload(const CodedValue& coded, Bytes& numbers, Bytes& text);

/// Decode or check a payload of put_payload. Faults, a non-canonical encoding among them, are
/// sticky in the readers, which may be the same.
Value read_value(ValueCode code, Reader& numbers, Reader& text);
void skip_value(ValueCode code, Reader& numbers, Reader& text);

/// The 16 bytes of a UUID's canonical lower-case text form (RFC 9562); false if it isn't one.
bool pack_uuid(std::string_view text, char* out);
void unpack_uuid(const char* bytes, Bytes& out);

/// A total order of values: null, booleans, integers, numbers, text, attachments. Equal only if the
/// encodings are.
int compare(const Value& a, const Value& b);

/// Whether a number is finite, a text is UTF-8 within the limit, and an attachment's media type is
/// well-formed.
bool is_valid(const ValueView& value);

}  // namespace relais::document
