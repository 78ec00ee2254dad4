#pragma once

#include <cstdlib>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "relais/error.h"

namespace relais {

template <class T>
class Result;

namespace detail {

/// Types from which a result's value can be made, except a result or an error.
template <class U, class T>
concept ValueFor =
    std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, Result<T>> &&
    !std::is_same_v<std::remove_cvref_t<U>, Error>;

}  // namespace detail

/// A value or an `Error`. The names are those of `std::expected` (C++23). Reading the value of a
/// failed result, or the error of another, aborts the process.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <detail::ValueFor<T> U = T>
  Result(U&& value)  // NOLINT: implicit, for return statements
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  /// Drops the value.
  operator Result<void>() const&;  // NOLINT: implicit, for return statements
  operator Result<void>() &&;      // NOLINT

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return *checked(); }
  const T& value() const& { return *checked(); }
  T&& value() && { return std::move(*checked()); }
  T& operator*() & { return *checked(); }
  const T& operator*() const& { return *checked(); }
  T&& operator*() && { return std::move(*checked()); }
  T* operator->() { return checked(); }
  const T* operator->() const { return checked(); }

  template <class U>
  T value_or(U&& other) && {
    return has_value() ? std::move(*checked()) : static_cast<T>(std::forward<U>(other));
  }

  const Error& error() const& { return *checked_error(); }
  Error&& error() && { return std::move(*checked_error()); }

 private:
  T* checked() {
    T* value = std::get_if<0>(&state_);
    if (value == nullptr) std::abort();
    return value;
  }
  const T* checked() const { return const_cast<Result*>(this)->checked(); }
  Error* checked_error() {
    Error* error = std::get_if<1>(&state_);
    if (error == nullptr) std::abort();
    return error;
  }
  const Error* checked_error() const { return const_cast<Result*>(this)->checked_error(); }

  std::variant<T, Error> state_;
};

/// Success or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT

  bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (error_) std::abort();
  }

  const Error& error() const& {
    if (!error_) std::abort();
    return *error_;
  }
  Error&& error() && {
    if (!error_) std::abort();
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

template <class T>
Result<T>::operator Result<void>() const& {
  return has_value() ? Status() : Status(error());
}
template <class T>
Result<T>::operator Result<void>() && {
  return has_value() ? Status() : Status(std::move(*this).error());
}

}  // namespace relais
