#pragma once

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

/// Memory for one secret, zeroed; wiped when it is given back. It is left out of core dumps, and
/// kept from the swap as far as the system's limit on locked memory allows. Threads: any.
inline constexpr std::size_t kSecretBytes = 64;
std::uint8_t* take_secret_memory() noexcept;
void give_back_secret_memory(std::uint8_t* memory) noexcept;

/// Key material of N bytes: wiped when it goes, never printed, never ordered. Moving copies.
template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;
  static_assert(N <= kSecretBytes);

  Secret() noexcept : bytes_(take_secret_memory()) {}
  Secret(const Secret& other) noexcept : Secret() { std::memcpy(bytes_, other.bytes_, N); }
  Secret& operator=(const Secret& other) noexcept {
    std::memmove(bytes_, other.bytes_, N);
    return *this;
  }
  ~Secret() { give_back_secret_memory(bytes_); }

  static Secret from(std::string_view bytes) noexcept {  ///< exactly N bytes, else all zeros
    Secret secret;
    if (bytes.size() == N) std::memcpy(secret.bytes_, bytes.data(), N);
    return secret;
  }

  const std::uint8_t* data() const noexcept { return bytes_; }
  std::uint8_t* data() noexcept { return bytes_; }
  static constexpr std::size_t size() noexcept { return N; }
  std::string_view view() const noexcept { return {reinterpret_cast<const char*>(bytes_), N}; }

 private:
  std::uint8_t* bytes_;
};

}  // namespace relais::crypto
