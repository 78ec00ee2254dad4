#pragma once

#include <string_view>

/// A field's name as a JSON key: unchanged, except for names that look like an attachment's key: a
/// name of one or more '$' before "attachment" has one '$' more.
namespace relais::document {

/// An object with this key is an attachment; its other keys are fixed.
inline constexpr std::string_view kAttachmentKey = "$attachment";

/// Whether the text is kAttachmentKey with any number of further '$' before it.
constexpr bool is_marked(std::string_view text) {
  return text.ends_with(kAttachmentKey) &&
         text.find_first_not_of('$') == text.size() - kAttachmentKey.size() + 1;
}

/// The field's name of a key other than kAttachmentKey.
constexpr std::string_view name_of(std::string_view key) {
  return is_marked(key) && key != kAttachmentKey ? key.substr(1) : key;
}

}  // namespace relais::document
