#include "access/recovery.h"

#include <gtest/gtest.h>

#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

constexpr std::string_view kMistyped =
    "The recovery phrase is not right: compare it with the paper, group by group.";

crypto::SigningKeyPair some_root() {
  test::SeededRandom random(7);
  return crypto::make_signing_key_pair(random);
}

std::string message_of(std::string_view phrase) {
  const auto root = root_from_phrase(phrase);
  return root ? "" : root.error().message();
}

TEST(RecoveryPhrase, GivesTheRootKeyBack) {
  const auto root = some_root();
  const auto again = root_from_phrase(recovery_phrase(root));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key, root.public_key);
  EXPECT_EQ(again->secret_key.view(), root.secret_key.view());
}

TEST(RecoveryPhrase, IsFourteenGroupsOfFour) {
  const std::string phrase = recovery_phrase(some_root());
  EXPECT_EQ(phrase.size(), 14U * 4 + 13);
  for (std::size_t i = 0; i < phrase.size(); ++i) EXPECT_EQ(phrase[i] == '-', i % 5 == 4);
}

TEST(RecoveryPhrase, IsReadFromHandwriting) {
  std::string phrase = recovery_phrase(some_root());
  ASSERT_NE(phrase.find('0'), std::string::npos);
  ASSERT_NE(phrase.find('1'), std::string::npos);
  for (char& c : phrase) {
    c = c == '-' ? ' ' : c == '0' ? 'O' : c == '1' ? 'I' : static_cast<char>(std::tolower(c));
  }
  EXPECT_TRUE(root_from_phrase(phrase)) << phrase;
}

TEST(RecoveryPhrase, WithOneWrongDigitIsNoticed) {
  const std::string phrase = recovery_phrase(some_root());
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (phrase[i] == '-') continue;
    std::string wrong = phrase, missing = phrase;
    wrong[i] = wrong[i] == 'Z' ? 'Y' : 'Z';
    missing.erase(i, 1);
    EXPECT_EQ(message_of(wrong), kMistyped) << i;
    EXPECT_EQ(message_of(missing), kMistyped) << i;
  }
  EXPECT_EQ(message_of(""), kMistyped);
  EXPECT_EQ(message_of(phrase + "0000"), kMistyped);
}

TEST(RecoveryPhrase, IsReadUpToItsLimit) {
  std::string phrase = recovery_phrase(some_root());
  phrase.append(limits::kCodeTextBytes - phrase.size(), ' ');
  EXPECT_TRUE(root_from_phrase(phrase));
  EXPECT_EQ(message_of(phrase + ' '), kMistyped);
}

}  // namespace
}  // namespace relais::access
