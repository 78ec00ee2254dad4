#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace relais::crypto {

/// Zeroes memory; the compiler can't remove the call.
void wipe(void* data, std::size_t size) noexcept;
/// Zeroes the string's bytes; its size stays.
inline void wipe(std::string& bytes) noexcept { wipe(bytes.data(), bytes.size()); }

/// Memory for one secret: zeroed when taken, wiped when given back, left out of core dumps, and
/// locked against swapping as far as RLIMIT_MEMLOCK allows.
/// Threads: any.
inline constexpr std::size_t kSecretBytes = 64;
std::uint8_t* take_secret_memory() noexcept;
void give_back_secret_memory(std::uint8_t* memory) noexcept;

/// Key material of N bytes: wiped on destruction, never printed, never ordered. A move copies.
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
