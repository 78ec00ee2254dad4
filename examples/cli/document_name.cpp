#include "document_name.h"

#include <optional>
#include <vector>

namespace cli {
namespace {

using relais::DocumentId;
using relais::Error;
using relais::ErrorCode;

std::optional<std::string> unescape(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '~') {
      out += part[i];
      continue;
    }
    const char code = i + 1 < part.size() ? part[++i] : '\0';
    if (code != '0' && code != '1') return std::nullopt;
    out += code == '0' ? '~' : '/';
  }
  return out;
}

std::string escape(std::string_view part) {
  std::string out;
  for (const char c : part) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

Error not_a_name(std::string_view why) {
  return Error(ErrorCode::invalid_argument, "This is not a document's name: " + std::string(why) +
                                                ". Write COLLECTION/ID, or SCOPE/COLLECTION/ID.");
}

}  // namespace

relais::Result<DocumentId> parse_document_name(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('/', start), text.size());
    const auto part = unescape(text.substr(start, end - start));
    if (!part) return not_a_name("'~' stands only in '~0' (for '~') and '~1' (for '/')");
    if (part->empty()) return not_a_name("a part of it is empty");
    parts.push_back(*part);
    start = end + 1;
  }
  if (parts.size() == 2) return DocumentId{"", parts[0], parts[1]};
  if (parts.size() == 3) return DocumentId{parts[0], parts[1], parts[2]};
  return not_a_name("it has " + std::to_string(parts.size()) + " parts between '/'");
}

std::string to_text(const DocumentId& document) {
  const std::string name = escape(document.collection) + '/' + escape(document.id);
  return document.scope.empty() ? name : escape(document.scope) + '/' + name;
}

}  // namespace cli
