#pragma once

#include <cstdint>

/// The versions that this library writes; it refuses newer ones with unsupported_version.
/// docs/spec/README.md, "Versions".
namespace relais::wire {

inline constexpr std::uint32_t kSealVersion = 1;
inline constexpr std::uint32_t kCertificateVersion = 1;

}  // namespace relais::wire
