#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace relais::crypto {

/// Overwrites memory in a way no optimiser removes.
void wipe(void* data, std::size_t size) noexcept;
/// All that it holds; its size stays.
inline void wipe(std::string& bytes) noexcept { wipe(bytes.data(), bytes.size()); }

/// Key material of N bytes: wiped when it goes, never printed, never ordered.
template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;

  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(bytes_.data(), N); }

  static Secret from(std::string_view bytes) noexcept {  ///< exactly N bytes, else all zeros
    Secret secret;
    if (bytes.size() == N) std::memcpy(secret.bytes_.data(), bytes.data(), N);
    return secret;
  }

  const std::uint8_t* data() const noexcept { return bytes_.data(); }
  std::uint8_t* data() noexcept { return bytes_.data(); }
  static constexpr std::size_t size() noexcept { return N; }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), N};
  }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

}  // namespace relais::crypto
