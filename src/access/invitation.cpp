#include "access/invitation.h"

#include "access/text_code.h"
#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::access {
namespace {

constexpr std::string_view kPrefix = "relais1-";
constexpr std::string_view kTypedName = "re1a1s";  // as normalise_text_code leaves "relais"
constexpr char kTextVersion = '1';
constexpr std::uint8_t kInvitationVersion = 1;
constexpr std::size_t kGroup = 5;
constexpr std::size_t kChecksumBytes = 4;

Error damaged() {
  return {ErrorCode::bad_input, "The invitation is damaged: copy all of it again.",
          Retry::after_user_acts};
}

Error newer() {
  return {ErrorCode::unsupported_version,
          "The invitation was made by a newer version of Relais: update this device first.",
          Retry::after_user_acts};
}

Bytes checksum(BytesView payload) {
  return Bytes(crypto::hash("invitation", {payload}).view().substr(0, kChecksumBytes));
}

/// The digits behind "relais1". Fails: as parse_invitation.
Result<std::string> digits_of(std::string_view text) {
  if (text.size() > limits::kCodeTextBytes) return damaged();
  const std::string typed = normalise_text_code(text);
  if (typed.size() <= kTypedName.size() || typed.compare(0, kTypedName.size(), kTypedName) != 0) {
    return Error(
        ErrorCode::bad_input,
        "This is not an invitation: an invitation begins with \"" + std::string(kPrefix) + "\".",
        Retry::after_user_acts);
  }
  const char version = typed[kTypedName.size()];
  if (version > kTextVersion && version <= '9') return newer();
  if (version != kTextVersion) return damaged();
  return typed.substr(kTypedName.size() + 1);
}

}  // namespace

Invitation make_invitation(Random& random, const SpaceId& space, WallTime now,
                           std::chrono::minutes valid) {
  RELAIS_CHECK(valid.count() > 0);
  Invitation invitation;
  invitation.space = space;
  invitation.secret = random.draw<crypto::SymmetricKey>();
  invitation.expires_ms = now.ms + std::chrono::milliseconds(valid).count();
  return invitation;
}

bool is_expired(const Invitation& invitation, WallTime now) {
  return now.ms >= invitation.expires_ms;
}

std::string to_text(const Invitation& invitation) {
  Bytes payload;
  payload.push_back(static_cast<char>(kInvitationVersion));
  payload += invitation.space.view();
  payload += invitation.secret.view();
  put_varint(payload, static_cast<std::uint64_t>(invitation.expires_ms));
  payload += checksum(payload);
  std::string text = std::string(kPrefix) + to_text_code(payload, kGroup);
  crypto::wipe(payload);
  return text;
}

Result<Invitation> parse_invitation(std::string_view text) {
  RELAIS_ASSIGN(const std::string digits, digits_of(text));
  const std::optional<Bytes> bytes = from_text_code(digits);
  if (!bytes || bytes->size() <= kChecksumBytes) return damaged();
  const BytesView payload = BytesView(*bytes).substr(0, bytes->size() - kChecksumBytes);
  if (!crypto::equal(checksum(payload), BytesView(*bytes).substr(payload.size()))) return damaged();

  Reader reader(payload);
  if (reader.byte() > kInvitationVersion) return newer();
  Invitation invitation;
  invitation.space = reader.id<SpaceId>();
  invitation.secret = crypto::SymmetricKey::from(reader.take(crypto::SymmetricKey::kSize));
  invitation.expires_ms = static_cast<std::int64_t>(reader.varint());
  if (!reader.finished() || payload[0] != kInvitationVersion || invitation.expires_ms < 0)
    return damaged();
  return invitation;
}

crypto::SymmetricKey invitation_psk(const Invitation& invitation) {
  return crypto::derive(invitation.secret, "invitation", {invitation.space.view()});
}

}  // namespace relais::access
