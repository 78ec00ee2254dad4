#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

/// Bytes as text for people to copy, read aloud and write by hand: base32 with Crockford's alphabet
/// (https://www.crockford.com/base32.html; no I, L, O, U). docs/spec/access.md, "Text codes".
namespace relais::access {

/// Upper-case digits, a dash between groups of `group` of them. The last digit's unused bits are 0.
std::string to_text_code(BytesView bytes, std::size_t group);

/// Normalises typed text: lower case, without white space and dashes of any kind (mail programs
/// change them), O as 0, I and L as 1.
std::string normalise_text_code(std::string_view text);

/// Decodes normalised digits. Nothing if a character isn't a digit, or an unused bit is set.
std::optional<Bytes> from_text_code(std::string_view normalised);

}  // namespace relais::access
