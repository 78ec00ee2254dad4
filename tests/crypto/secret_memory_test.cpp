#include "support/secret_memory.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "crypto/crypto.h"

namespace relais::crypto {
namespace {

/// The flags of the mapping of an address; none where /proc is missing.
std::set<std::string> flags_at(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  for (const relais::test::Mapping& mapping : relais::test::mappings()) {
    if (mapping.from <= wanted && wanted < mapping.to) return mapping.flags;
  }
  return {};
}

TEST(SecretMemory, IsLeftOutOfCoreDumps) {
  const SymmetricKey key = SymmetricKey::from(Bytes(32, 'k'));
  const std::vector<SymmetricKey> copies(2000, key);  // more than one chunk holds
  const std::string plain(32, 'k');
  if (flags_at(plain.data()).empty()) GTEST_SKIP() << "this system shows no flags";
  EXPECT_EQ(flags_at(plain.data()).count("dd"), 0u);
  for (const SymmetricKey* each : {&key, &copies.front(), &copies.back()}) {
    EXPECT_EQ(flags_at(each->data()).count("dd"), 1u);
  }
}

TEST(SecretMemory, BeginsAsZerosAndIsWipedWhenItIsGivenBack) {
  const std::uint8_t* slot = nullptr;
  {
    SymmetricKey key;
    EXPECT_EQ(key.view(), std::string(32, '\0'));
    std::fill_n(key.data(), 32, std::uint8_t{0xaa});
    slot = key.data();
  }
  for (int i = 8; i < 32; ++i) EXPECT_EQ(slot[i], 0);  // before that: the next free slot's address
  EXPECT_EQ(SymmetricKey().view(), std::string(32, '\0'));
}

TEST(SecretMemory, EachSecretHasItsOwnThoughCopiedMovedAndAssigned) {
  const SymmetricKey first = SymmetricKey::from(Bytes(32, 'a'));
  SymmetricKey copy = first;
  SymmetricKey moved = std::move(copy);
  EXPECT_NE(moved.data(), first.data());
  EXPECT_EQ(moved.view(), first.view());
  moved.data()[0] = 'b';
  EXPECT_NE(moved.view(), first.view());
  copy = first;
  SymmetricKey& same = copy;
  copy = same;
  EXPECT_EQ(copy.view(), first.view());
}

TEST(SecretMemory, ServesSeveralThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      const Bytes mine(32, static_cast<char>('a' + i));
      for (int round = 0; round < 2000; ++round) {
        const std::vector<SymmetricKey> keys(20, SymmetricKey::from(mine));
        for (const SymmetricKey& key : keys) ASSERT_EQ(key.view(), mine);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace relais::crypto
