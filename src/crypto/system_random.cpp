#include "crypto/system_random.h"

#include <sodium.h>

namespace relais::crypto {

void SystemRandom::fill(std::uint8_t* out, std::size_t size) { randombytes_buf(out, size); }

}  // namespace relais::crypto
