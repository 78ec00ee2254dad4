#include <sys/mman.h>

#include <cstring>
#include <mutex>

#include "base/check.h"
#include "crypto/secret.h"

namespace relais::crypto {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::size_t kPointerBytes = sizeof(void*);

/// A pool of equal slots in mapped chunks; a free slot begins with the address of the next free
/// one. Chunks are never unmapped: their number is that of the most secrets held at once.
class SecretMemory {
 public:
  std::uint8_t* take() noexcept {
    const std::lock_guard lock(mutex_);
    if (free_ == nullptr) add_chunk();
    std::uint8_t* const slot = free_;
    std::memcpy(&free_, slot, kPointerBytes);
    std::memset(slot, 0, kPointerBytes);  // give_back wiped the rest
    return slot;
  }

  void give_back(std::uint8_t* slot) noexcept {
    wipe(slot, kSecretBytes);
    const std::lock_guard lock(mutex_);
    push(slot);
  }

 private:
  void push(std::uint8_t* slot) noexcept {
    std::memcpy(slot, &free_, kPointerBytes);
    free_ = slot;
  }

  void add_chunk() noexcept {
    void* const chunk =
        ::mmap(nullptr, kChunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    RELAIS_CHECK(chunk != MAP_FAILED);  // no memory is left
#if defined(MADV_DONTDUMP)
    (void)::madvise(chunk, kChunkBytes, MADV_DONTDUMP);
#endif
    (void)::mlock(chunk, kChunkBytes);  // as far as RLIMIT_MEMLOCK goes
    auto* const slots = static_cast<std::uint8_t*>(chunk);
    for (std::size_t at = kChunkBytes; at > 0; at -= kSecretBytes) push(slots + at - kSecretBytes);
  }

  std::mutex mutex_;
  std::uint8_t* free_ = nullptr;
};

/// Never destroyed: secrets may outlive every other static object.
SecretMemory& memory() {
  static auto* const the_memory = new SecretMemory;
  return *the_memory;
}

}  // namespace

std::uint8_t* take_secret_memory() noexcept { return memory().take(); }
void give_back_secret_memory(std::uint8_t* slot) noexcept { memory().give_back(slot); }

}  // namespace relais::crypto
