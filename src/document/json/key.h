#pragma once

#include <string_view>

/// How a field's name stands as a key of JSON: as it is, but for names that would be taken for an
/// attachment's key. A name of one '$' or more before "attachment" has one '$' more.
namespace relais::document {

/// An object with this key is an attachment: what else it may hold is fixed.
inline constexpr std::string_view kAttachmentKey = "$attachment";

/// Whether it is kAttachmentKey, with any number of '$' more before it.
constexpr bool is_marked(std::string_view text) {
  return text.ends_with(kAttachmentKey) &&
         text.find_first_not_of('$') == text.size() - kAttachmentKey.size() + 1;
}

/// The name of a field whose key is not kAttachmentKey itself.
constexpr std::string_view name_of(std::string_view key) {
  return is_marked(key) && key != kAttachmentKey ? key.substr(1) : key;
}

}  // namespace relais::document
