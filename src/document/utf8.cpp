#include "document/utf8.h"

#include <simdjson.h>

namespace relais::document {

bool is_utf8(std::string_view text) {
  // Short names are mostly ASCII: no need to choose an implementation for those.
  bool ascii = true;
  for (const char c : text.substr(0, 32)) ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  if (ascii && text.size() <= 32) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace relais::document
