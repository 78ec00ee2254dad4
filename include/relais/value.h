#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace relais {

/// A document's reference to a file (a picture, an ECG). The document doesn't contain the bytes.
struct Attachment {
  std::array<std::uint8_t, 32> hash{};  ///< BLAKE2b-256 of the file
  std::uint64_t size = 0;               ///< bytes
  std::string media_type;               ///< RFC 6838: "image/jpeg"; 1 to 127 bytes

  bool operator==(const Attachment&) const = default;
};

namespace detail {

template <class T>
concept IsInteger = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> &&
                    !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char8_t> &&
                    !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

template <class T>
constexpr bool fits(T value) {
  return std::is_signed_v<T> ||
         static_cast<std::uint64_t>(value) <= std::uint64_t{0x7fff'ffff'ffff'ffff};
}

}  // namespace detail

/// The value of a register, a set's or a list's element: a JSON scalar or an attachment. Integers
/// have 64 bits and are distinct from floating-point numbers: 38 and 38.0 are two values.
class Value {
 public:
  enum class Type : std::uint8_t { null, boolean, integer, number, text, attachment };

  Value() = default;
  Value(std::nullptr_t) {}  // NOLINT
  /// Only from a bool: a pointer doesn't convert to `true`.
  template <class Bool>
  requires std::is_same_v<Bool, bool> Value(Bool value) : data_(value) {}  // NOLINT
  /// From any integer type but those of characters. Above 2^63 - 1 the value is a floating-point
  /// number.
  template <class Integer>
  requires detail::IsInteger<Integer> Value(Integer value)  // NOLINT
      : data_(detail::fits(value) ? Data(static_cast<std::int64_t>(value))
                                  : Data(static_cast<double>(value))) {}
  Value(double value) : data_(value) {}                         // NOLINT
  Value(std::string value) : data_(std::move(value)) {}         // NOLINT
  Value(std::string_view value) : data_(std::string(value)) {}  // NOLINT
  /// A null pointer becomes null.
  Value(const char* value) {  // NOLINT
    if (value != nullptr) data_ = std::string(value);
  }
  Value(const Attachment& value) : data_(Packed::of(value)) {}  // NOLINT

  Type type() const noexcept { return static_cast<Type>(data_.index()); }
  bool is_null() const noexcept { return type() == Type::null; }

  /// A null pointer unless the value has that type.
  const bool* boolean() const noexcept { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&data_); }
  const double* number() const noexcept { return std::get_if<double>(&data_); }
  const std::string* text() const noexcept { return std::get_if<std::string>(&data_); }

  /// Nothing unless the value is an attachment.
  std::optional<Attachment> attachment() const {
    const Packed* packed = std::get_if<Packed>(&data_);
    return packed != nullptr ? std::optional(packed->unpack()) : std::nullopt;
  }
  /// An attachment's hash, size (8 bytes, big-endian) and media type concatenated; otherwise empty.
  std::string_view packed_attachment() const noexcept {
    const Packed* packed = std::get_if<Packed>(&data_);
    return packed != nullptr ? std::string_view(packed->bytes) : std::string_view();
  }

  bool operator==(const Value&) const = default;

 private:
  /// In one string, so that other values stay small.
  struct Packed {
    std::string bytes;
    bool operator==(const Packed&) const = default;
    static Packed of(const Attachment& attachment);
    Attachment unpack() const;
  };
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Packed>;
  Data data_;
};

inline Value::Packed Value::Packed::of(const Attachment& attachment) {
  Packed packed;
  for (const std::uint8_t byte : attachment.hash) packed.bytes.push_back(static_cast<char>(byte));
  for (int shift = 56; shift >= 0; shift -= 8) {
    packed.bytes.push_back(static_cast<char>(attachment.size >> shift));
  }
  packed.bytes += attachment.media_type;
  return packed;
}

inline Attachment Value::Packed::unpack() const {
  Attachment attachment;
  std::size_t at = 0;
  for (std::uint8_t& byte : attachment.hash) byte = static_cast<std::uint8_t>(bytes[at++]);
  for (int i = 0; i < 8; ++i) {
    attachment.size = attachment.size << 8 | static_cast<std::uint8_t>(bytes[at++]);
  }
  attachment.media_type = bytes.substr(at);
  return attachment;
}

}  // namespace relais
