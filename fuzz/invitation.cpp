// Invitations and recovery phrases as people type them: what is read is written again unchanged,
// and what is written is read however it was copied. docs/spec/access.md, "Text codes".
#include "access/invitation.h"

#include "access/recovery.h"
#include "access/text_code.h"
#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"

namespace relais::fuzz {
namespace {

void check_same(const access::Invitation& a, const access::Invitation& b) {
  RELAIS_CHECK(a.space == b.space && a.expires_ms == b.expires_ms);
  RELAIS_CHECK(a.secret.view() == b.secret.view());
}

void check_text(BytesView text) {
  const auto invitation = access::parse_invitation(text);
  if (invitation) {
    const auto again = access::parse_invitation(access::to_text(*invitation));
    RELAIS_CHECK(again.has_value());
    check_same(*invitation, *again);
    // One code for each meaning: only what normalising removes may differ.
    RELAIS_CHECK(access::normalise_text_code(text) ==
                 access::normalise_text_code(access::to_text(*invitation)));
  } else {
    check_error(invitation.error());
  }
  const auto root = access::root_from_phrase(text);
  if (root) {
    RELAIS_CHECK(access::normalise_text_code(access::recovery_phrase(*root)) ==
                 access::normalise_text_code(text));
  } else {
    check_error(root.error());
  }
  const std::string normal = access::normalise_text_code(text);
  if (const auto bytes = access::from_text_code(normal)) {
    RELAIS_CHECK(access::normalise_text_code(access::to_text_code(*bytes, 4)) == normal);
  }
}

/// Any payload with a valid checksum.
void check_payload(BytesView payload) {
  Bytes bytes(payload);
  bytes += crypto::hash("invitation", {payload}).view().substr(0, 4);
  check_text("relais1-" + access::to_text_code(bytes, 5));
}

/// A valid code, retyped: other case, more spaces and dashes, similar letters; or damaged.
void check_retyped(Input& input) {
  access::Invitation invitation;
  invitation.space = filled_with<SpaceId>(input.byte());
  invitation.secret = symmetric_key(input.byte());
  invitation.expires_ms = static_cast<std::int64_t>(input.u64() >> 1);
  Bytes text = access::to_text(invitation);
  const Bytes original = access::normalise_text_code(text);
  for (std::size_t i = input.below(16); i > 0; --i) {
    const std::size_t at = input.byte() % text.size();
    switch (input.below(5)) {
      case 0: text.insert(at, " "); break;
      case 1: text.insert(at, "-"); break;
      case 2: text[at] = text[at] == '0' ? 'O' : text[at]; break;
      case 3: text[at] = text[at] == '1' ? 'l' : text[at]; break;
      default:
        text[at] = static_cast<char>(text[at] >= 'A' && text[at] <= 'Z' ? text[at] + 32 : text[at]);
    }
  }
  mutate(input, text);
  const auto parsed = access::parse_invitation(text);
  const bool same = access::normalise_text_code(text) == original;
  if (same && text.size() <= limits::kCodeTextBytes) {
    RELAIS_CHECK(parsed.has_value());
    check_same(*parsed, invitation);
  } else if (parsed) {
    check_text(text);
  }
}

}  // namespace

void run(Input& input) {
  switch (input.below(3)) {
    case 0: return check_text(input.rest());
    case 1: return check_payload(input.rest());
    default: return check_retyped(input);
  }
}

}  // namespace relais::fuzz
