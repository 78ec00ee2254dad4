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

/// What a value of a result can be made from, and that is neither a result nor an error.
template <class U, class T>
concept ValueFor =
    std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, Result<T>> &&
    !std::is_same_v<std::remove_cvref_t<U>, Error>;

}  // namespace detail

/// A value, or the `Error` that kept it from being made. The names are `std::expected`'s
/// (C++23). Reading the value of a failed result ends the process: check first.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <detail::ValueFor<T> U = T>
  Result(U&& value)  // NOLINT: a function returns either as it is
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  /// Whether it succeeded, without the value.
  operator Result<void>() const&;  // NOLINT: a function that gives a Status returns it as it is
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

/// Success without a value, or an `Error`.
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
