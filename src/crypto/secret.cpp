#include "crypto/secret.h"

#include <sodium.h>

#include "crypto/crypto.h"

namespace relais::crypto {

bool initialise() noexcept { return sodium_init() >= 0; }

void wipe(void* data, std::size_t size) noexcept { sodium_memzero(data, size); }

bool equal(BytesView a, BytesView b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace relais::crypto
