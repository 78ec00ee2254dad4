#include "access/invitation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "access/small_space.h"
#include "access/text_code.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access {
namespace {

constexpr std::string_view kPrefix = "relais1-";
constexpr std::string_view kDamaged = "The invitation is damaged: copy all of it again.";
constexpr WallTime kNow{1'790'000'000'000};

Invitation some_invitation() {
  test::SeededRandom random(7);
  return make_invitation(random, random.draw<SpaceId>(), kNow, std::chrono::minutes(15));
}

/// Text of the payload; `checksum` false: the payload has its own.
std::string text_of(Bytes payload, bool checksum = true) {
  if (checksum) payload += crypto::hash("invitation", {payload}).view().substr(0, 4);
  return std::string(kPrefix) + to_text_code(payload, 5);
}

Bytes payload_of(const Invitation& invitation) {
  Bytes payload(1, '\1');
  payload += invitation.space.view();
  payload += invitation.secret.view();
  put_varint(payload, static_cast<std::uint64_t>(invitation.expires_ms));
  return payload;
}

std::string message_of(std::string_view text) {
  const auto parsed = parse_invitation(text);
  return parsed ? "" : parsed.error().message();
}

TEST(Invitation, RoundTripsAsText) {
  const Invitation invitation = some_invitation();
  const auto parsed = parse_invitation(to_text(invitation));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->space, invitation.space);
  EXPECT_EQ(parsed->secret.view(), invitation.secret.view());
  EXPECT_EQ(parsed->expires_ms, kNow.ms + 15 * 60 * 1000);
}

TEST(Invitation, IsGroupsOfFiveDigitsThatVoiceAndHandwritingKeepApart) {
  const std::string text = to_text(some_invitation());
  ASSERT_EQ(text.substr(0, kPrefix.size()), kPrefix);
  const std::string digits = text.substr(kPrefix.size());
  EXPECT_EQ(digits.find_first_of("ILOUilou"), std::string::npos);
  for (std::size_t i = 0; i < digits.size(); ++i) EXPECT_EQ(digits[i] == '-', i % 6 == 5) << text;
  EXPECT_EQ(text.size(), 151U) << "24 groups: it fits two lines of a terminal";
}

TEST(Invitation, IsReadHoweverItWasTyped) {
  const Invitation invitation = some_invitation();
  const std::string text = to_text(invitation);
  std::string lower = text, upper = text, no_dash = text, spaced = text, confused = text;
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  no_dash.erase(std::remove(no_dash.begin(), no_dash.end(), '-'), no_dash.end());
  std::replace(spaced.begin(), spaced.end(), '-', ' ');
  for (char& c : confused) c = c == '0' ? 'o' : c == '1' ? 'l' : c;
  EXPECT_NE(confused, text);
  for (const std::string& typed : {lower, upper, no_dash, spaced, confused, " " + text + "\r\n"}) {
    const auto parsed = parse_invitation(typed);
    ASSERT_TRUE(parsed) << typed;
    EXPECT_EQ(parsed->secret.view(), invitation.secret.view());
  }
}

TEST(Invitation, WithAnyBitFlippedIsDamaged) {
  Bytes bytes = payload_of(some_invitation());
  bytes += crypto::hash("invitation", {bytes}).view().substr(0, 4);
  ASSERT_TRUE(parse_invitation(text_of(bytes, false)));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(message_of(text_of(flipped, false)), kDamaged) << "bit " << bit;
  }
}

TEST(Invitation, WithADigitWrongMissingDoubledOrSwappedIsDamaged) {
  const std::string text = to_text(some_invitation());
  for (std::size_t i = kPrefix.size(); i + 1 < text.size(); ++i) {
    if (text[i] == '-') continue;
    std::string wrong = text, missing = text, doubled = text, swapped = text;
    wrong[i] = wrong[i] == 'Z' ? 'Y' : 'Z';
    missing.erase(i, 1);
    doubled.insert(i, 1, text[i]);
    std::swap(swapped[i], swapped[i + 1]);
    EXPECT_EQ(message_of(wrong), kDamaged) << i;
    EXPECT_EQ(message_of(missing), kDamaged) << i;
    EXPECT_EQ(message_of(doubled), kDamaged) << i;
    if (text[i + 1] == '-' || text[i + 1] == text[i]) continue;
    EXPECT_EQ(message_of(swapped), kDamaged) << i;
  }
}

TEST(Invitation, CutShortAnywhereIsRefused) {
  const std::string text = to_text(some_invitation());
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto parsed = parse_invitation(text.substr(0, size));
    ASSERT_FALSE(parsed) << size;
    EXPECT_EQ(parsed.error().code(), ErrorCode::bad_input);
    EXPECT_EQ(parsed.error().retry(), Retry::after_user_acts);
  }
}

TEST(Invitation, OfAnotherKindOfTextIsSaidToBeNone) {
  const std::string_view none =
      "This is not an invitation: an invitation begins with \"relais1-\".";
  for (const char* text : {"", "hello", "https://example.org/", "relais"}) {
    EXPECT_EQ(message_of(text), none) << text;
  }
}

TEST(Invitation, OfANewerVersionAsksForAnUpdate) {
  const std::string_view newer =
      "The invitation was made by a newer version of Relais: update this device first.";
  std::string by_prefix = to_text(some_invitation());
  by_prefix[6] = '2';
  EXPECT_EQ(message_of(by_prefix), newer);
  Bytes by_byte = payload_of(some_invitation());
  by_byte[0] = '\2';
  EXPECT_EQ(message_of(text_of(by_byte)), newer);
  EXPECT_EQ(parse_invitation(by_prefix).error().code(), ErrorCode::unsupported_version);
}

TEST(Invitation, WithAWholeChecksumAndWrongContentIsDamaged) {
  const Bytes payload = payload_of(some_invitation());
  EXPECT_EQ(message_of(text_of("")), kDamaged);
  EXPECT_EQ(message_of(text_of(payload.substr(0, 40))), kDamaged);
  EXPECT_EQ(message_of(text_of(payload + '\0')), kDamaged) << "something behind it";
  EXPECT_EQ(message_of(text_of('\0' + payload.substr(1))), kDamaged) << "there is no version 0";
  Invitation far = some_invitation();
  far.expires_ms = -1;
  EXPECT_EQ(message_of(text_of(payload_of(far))), kDamaged) << "beyond the clock's range";
}

TEST(Invitation, TextIsReadUpToItsLimit) {
  std::string text = to_text(some_invitation());
  text.append(limits::kCodeTextBytes - text.size(), ' ');
  EXPECT_TRUE(parse_invitation(text));
  EXPECT_EQ(message_of(text + ' '), kDamaged);
}

TEST(Invitation, ExpiresAtItsTime) {
  const Invitation invitation = some_invitation();
  EXPECT_FALSE(is_expired(invitation, kNow));
  EXPECT_FALSE(is_expired(invitation, {invitation.expires_ms - 1}));
  EXPECT_TRUE(is_expired(invitation, {invitation.expires_ms}));
}

TEST(Invitation, OpensASessionOfItsOwnSpaceAndSecretOnly) {
  const Invitation invitation = some_invitation();
  Invitation other_space = invitation, other_secret = invitation;
  other_space.space.bytes[0] ^= 1;
  other_secret.secret.data()[0] ^= 1;
  const auto psk = invitation_psk(invitation);
  EXPECT_EQ(psk.view(), invitation_psk(*parse_invitation(to_text(invitation))).view());
  EXPECT_NE(psk.view(), invitation_psk(other_space).view());
  EXPECT_NE(psk.view(), invitation_psk(other_secret).view());
  EXPECT_NE(psk.view(), invitation.secret.view());
}

}  // namespace
}  // namespace relais::access
