#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace relais {

/// A fixed number of bytes; ordered as unsigned bytes, like the keys of a store.
template <class Tag, std::size_t N>
struct Id {
  static constexpr std::size_t kSize = N;

  std::array<std::uint8_t, N> bytes{};

  constexpr bool operator==(const Id&) const = default;
  // Not defaulted: Clang 14 would warn users about a comparison with a null pointer.
  constexpr auto operator<=>(const Id& other) const { return bytes <=> other.bytes; }

  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  const std::uint8_t* data() const noexcept { return bytes.data(); }
  std::uint8_t* data() noexcept { return bytes.data(); }
  static constexpr std::size_t size() noexcept { return N; }

  /// Nothing unless `from` is exactly N bytes long.
  static std::optional<Id> from(std::string_view from) noexcept {
    if (from.size() != N) return std::nullopt;
    Id id;
    std::memcpy(id.bytes.data(), from.data(), N);
    return id;
  }
};

/// H(first record): identifies a replicated data set and its membership.
using SpaceId = Id<struct SpaceTag, 32>;
/// H(device's signing key), cut to 16 bytes.
using DeviceId = Id<struct DeviceTag, 16>;
/// H(device's signing key, random instance), cut to 16 bytes: one incarnation of a device.
using AuthorId = Id<struct AuthorTag, 16>;
/// H(space, scope, label), cut to 16 bytes: the unit of encryption and of partial replication.
using CompartmentId = Id<struct CompartmentTag, 16>;
/// Random; for a transaction with several compartments, or several changes of one document.
using TransactionId = Id<struct TransactionTag, 8>;

}  // namespace relais

template <class Tag, std::size_t N>
struct std::hash<relais::Id<Tag, N>> {
  std::size_t operator()(const relais::Id<Tag, N>& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
