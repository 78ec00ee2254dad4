#include "document/codec/value_code.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/limits.h"
#include "document/date.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5,  1e6,
                                   1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13};
constexpr int kMaxExponent = kDecimal13 - kDecimal0;
constexpr std::size_t kUuidBytes = 36;
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void pack_bytes(CodedValue& coded, std::uint64_t bits, int size) {
  for (int i = 0; i < size; ++i) coded.packed[i] = static_cast<char>(bits >> (8 * (size - 1 - i)));
  coded.packed_size = static_cast<std::uint8_t>(size);
}

std::uint64_t unpack_bytes(BytesView bytes) {
  std::uint64_t bits = 0;
  for (const char c : bytes) bits = bits << 8 | static_cast<std::uint8_t>(c);
  return bits;
}

/// log2 of the width in bytes: 0, 1, 2, 3 for 1, 2, 4, 8 bytes.
int width_log2(std::uint64_t value) {
  if (value < 0x100) return 0;
  if (value < 0x10000) return 1;
  return value < 0x100000000 ? 2 : 3;
}

void code_integer(CodedValue& coded, std::int64_t value) {
  const bool negative = value < 0;
  const std::uint64_t magnitude = static_cast<std::uint64_t>(negative ? ~value : value);
  const int log2 = width_log2(magnitude);
  coded.code = static_cast<ValueCode>((negative ? kNegative1 : kUnsigned1) + log2);
  pack_bytes(coded, magnitude, 1 << log2);
}

/// The smallest e for which m / 10^e, correctly rounded, is bit for bit the number; -1 if none.
int decimal_exponent(double number, std::int64_t& mantissa) {
  for (int e = 0; e <= kMaxExponent; ++e) {
    const double scaled = number * kPowersOfTen[e];
    if (!(std::fabs(scaled) <= kExactIntegers)) return -1;
    const double rounded = std::nearbyint(scaled);
    if (same_bits(rounded / kPowersOfTen[e], number)) {
      mantissa = static_cast<std::int64_t>(rounded);
      return e;
    }
  }
  return -1;
}

void code_number(CodedValue& coded, double number) {
  std::int64_t mantissa = 0;
  // The mantissa can't hold a negative zero.
  const bool negative_zero = number == 0 && std::signbit(number);
  const int e = negative_zero ? -1 : decimal_exponent(number, mantissa);
  if (e < 0) {
    coded.code = kDouble;
    pack_bytes(coded, std::bit_cast<std::uint64_t>(number), 8);
    return;
  }
  coded.code = static_cast<ValueCode>(kDecimal0 + e);
  auto bits = (static_cast<std::uint64_t>(mantissa) << 1) ^ (mantissa < 0 ? ~std::uint64_t{0} : 0);
  while (bits >= 0x80) {
    coded.packed[coded.packed_size++] = static_cast<char>(bits | 0x80);
    bits >>= 7;
  }
  coded.packed[coded.packed_size++] = static_cast<char>(bits);
}

void code_text(CodedValue& coded, std::string_view text) {
  if (text.size() == kUuidBytes && pack_uuid(text, coded.packed)) {
    coded.code = kUuid;
    coded.packed_size = 16;
    return;
  }
  std::uint16_t days = 0;
  if (text.size() == kDateBytes && parse_date(text, days)) {
    coded.code = kDate;
    pack_bytes(coded, days, 2);
    return;
  }
  coded.code = kText;
  coded.text = text;
}

std::int64_t read_integer(ValueCode code, Reader& numbers) {
  const bool negative = code >= kNegative1;
  const int log2 = code - (negative ? kNegative1 : kUnsigned1);
  const std::uint64_t magnitude = unpack_bytes(numbers.take(std::size_t{1} << log2));
  if (width_log2(magnitude) != log2 || magnitude >> 63 != 0) numbers.fail();
  const auto value = static_cast<std::int64_t>(magnitude);
  return negative ? ~value : value;
}

double read_number(ValueCode code, Reader& numbers) {
  double number = 0;
  if (code == kDouble) {
    number = std::bit_cast<double>(unpack_bytes(numbers.take(8)));
    if (!std::isfinite(number)) {
      numbers.fail();
      return 0;
    }
  } else {
    number = static_cast<double>(numbers.zigzag()) / kPowersOfTen[code - kDecimal0];
  }
  // Refuse other encodings: of a mantissa out of range, or of a short decimal as a double.
  CodedValue again;
  code_number(again, number);
  if (again.code != code) numbers.fail();
  return number;
}

std::string_view read_text(Reader& in) {
  const std::string_view text = in.sized(limits::kStringBytes);
  const bool may_be_packed = text.size() == kUuidBytes || text.size() == kDateBytes;
  CodedValue again;
  if (may_be_packed) code_text(again, text);
  if ((may_be_packed && again.code != kText) || !is_utf8(text)) in.fail();
  return text;
}

// The offset of the media type in a packed attachment.
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kPackedHead = kHashBytes + 8;

/// "type/subtype" of printable ASCII (RFC 6838; the registry isn't consulted).
bool is_media_type(std::string_view text) {
  const auto printable = [](char c) { return c >= 0x20 && c <= 0x7e; };
  return text.size() <= limits::kMediaTypeBytes &&
         std::all_of(text.begin(), text.end(), printable) &&
         text.find('/') != std::string_view::npos;
}

void put_attachment(std::string_view packed, Bytes& numbers) {
  numbers.append(packed.substr(0, kHashBytes));
  put_varint(numbers, unpack_bytes(packed.substr(kHashBytes, 8)));
  put_sized(numbers, packed.substr(kPackedHead));
}

Attachment read_attachment(Reader& numbers) {
  Attachment attachment;
  const BytesView hash = numbers.take(kHashBytes);
  std::copy(hash.begin(), hash.end(), attachment.hash.begin());
  attachment.size = numbers.varint();
  attachment.media_type = numbers.sized(limits::kMediaTypeBytes);
  if (!is_media_type(attachment.media_type)) numbers.fail();
  return attachment;
}

}  // namespace

ValueView::ValueView(const Value& value) : type(value.type()) {
  if (const bool* b = value.boolean()) boolean = *b;
  if (const std::int64_t* i = value.integer()) integer = *i;
  if (const double* d = value.number()) number = *d;
  if (const std::string* t = value.text()) text = *t;
  if (type == Value::Type::attachment) text = value.packed_attachment();
}

ValueView ValueView::of(std::string_view text) {
  ValueView view;
  view.type = Value::Type::text;
  view.text = text;
  return view;
}

CodedValue code_value(const ValueView& value) {
  CodedValue coded;
  switch (value.type) {
    case Value::Type::null: coded.code = kNull; break;
    case Value::Type::boolean: coded.code = value.boolean ? kTrue : kFalse; break;
    case Value::Type::integer: code_integer(coded, value.integer); break;
    case Value::Type::number: code_number(coded, value.number); break;
    case Value::Type::text: code_text(coded, value.text); break;
    case Value::Type::attachment:
      coded.code = kAttachment;
      coded.text = value.text;
      break;
  }
  return coded;
}

void put_payload(const CodedValue& coded, Bytes& numbers, Bytes& text) {
  if (coded.code == kText) {
    put_varint(text, coded.text.size());
    text.append(coded.text);
  } else if (coded.code == kAttachment) {
    put_attachment(coded.text, numbers);
  } else {
    numbers.append(coded.packed, coded.packed_size);
  }
}

Value read_value(ValueCode code, Reader& numbers, Reader& text) {
  switch (code) {
    case kNull: return nullptr;
    case kFalse: return false;
    case kTrue: return true;
    case kText: return read_text(text);
    case kUuid: {
      Bytes out;
      const BytesView bytes = numbers.take(16);
      if (!bytes.empty()) unpack_uuid(bytes.data(), out);
      return out;
    }
    case kDate: {
      Bytes out;
      put_date(out, static_cast<std::uint16_t>(unpack_bytes(numbers.take(2))));
      return out;
    }
    case kAttachment: return read_attachment(numbers);
    case kMap:
    case kList: numbers.fail(); return nullptr;
    default: break;
  }
  if (code >= kUnsigned1 && code <= kNegative8) return read_integer(code, numbers);
  return read_number(code, numbers);
}

void skip_value(ValueCode code, Reader& numbers, Reader& text) {
  switch (code) {
    case kNull:
    case kFalse:
    case kTrue: return;
    case kText: read_text(text); return;
    case kUuid: numbers.take(16); return;
    case kDate: numbers.take(2); return;
    case kAttachment: read_attachment(numbers); return;
    case kMap:
    case kList: numbers.fail(); return;
    default: break;
  }
  if (code >= kUnsigned1 && code <= kNegative8) {
    read_integer(code, numbers);
  } else {
    read_number(code, numbers);
  }
}

namespace {
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
constexpr bool hyphen_before(int byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }
}  // namespace

bool pack_uuid(std::string_view text, char* out) {
  if (text.size() != kUuidBytes) return false;
  std::size_t at = 0;
  for (int i = 0; i < 16; ++i) {
    if (hyphen_before(i) && text[at++] != '-') return false;
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<char>(high << 4 | low);
    at += 2;
  }
  return true;
}

void unpack_uuid(const char* bytes, Bytes& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  char text[kUuidBytes];
  char* at = text;
  for (int i = 0; i < 16; ++i) {
    if (hyphen_before(i)) *at++ = '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 15];
  }
  out.append(text, kUuidBytes);
}

int compare(const Value& a, const Value& b) {
  if (a.type() != b.type()) return a.type() < b.type() ? -1 : 1;
  const auto order = [](const auto& x, const auto& y) { return x < y ? -1 : (y < x ? 1 : 0); };
  if (const bool* x = a.boolean()) return order(*x, *b.boolean());
  if (const std::int64_t* x = a.integer()) return order(*x, *b.integer());
  if (const double* x = a.number()) {
    const int by_size = order(*x, *b.number());
    return by_size != 0 ? by_size : order(std::signbit(*b.number()), std::signbit(*x));
  }
  if (const std::string* x = a.text()) return order(*x, *b.text());
  return order(a.packed_attachment(), b.packed_attachment());
}

bool is_valid(const ValueView& value) {
  if (value.type == Value::Type::number) return std::isfinite(value.number);
  if (value.type == Value::Type::text) {
    return value.text.size() <= limits::kStringBytes && is_utf8(value.text);
  }
  if (value.type == Value::Type::attachment) return is_media_type(value.text.substr(kPackedHead));
  return true;
}

}  // namespace relais::document
