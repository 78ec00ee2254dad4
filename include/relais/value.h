#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace relais {

/// A JSON scalar, as registers, sets and list elements hold it.
/// Integers are 64-bit and stay apart from floating-point numbers: 38 and 38.0 are two values.
class Value {
 public:
  enum class Type : std::uint8_t { null, boolean, integer, number, text };

  Value() = default;
  Value(std::nullptr_t) {}  // NOLINT
  /// Only of a bool itself: no pointer becomes `true`.
  template <class Bool>
  requires std::is_same_v<Bool, bool> Value(Bool value) : data_(value) {}  // NOLINT
  Value(int value) : data_(std::int64_t{value}) {}                         // NOLINT
  Value(std::int64_t value) : data_(value) {}                              // NOLINT
  Value(double value) : data_(value) {}                                    // NOLINT
  Value(std::string value) : data_(std::move(value)) {}                    // NOLINT
  Value(std::string_view value) : data_(std::string(value)) {}             // NOLINT
  Value(const char* value) : data_(std::string(value)) {}                  // NOLINT

  Type type() const noexcept { return static_cast<Type>(data_.index()); }
  bool is_null() const noexcept { return type() == Type::null; }

  /// Null unless the value is of that type.
  const bool* boolean() const noexcept { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&data_); }
  const double* number() const noexcept { return std::get_if<double>(&data_); }
  const std::string* text() const noexcept { return std::get_if<std::string>(&data_); }

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string> data_;
};

}  // namespace relais
