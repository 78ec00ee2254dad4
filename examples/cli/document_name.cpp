#include "document_name.h"

#include <algorithm>
#include <vector>

#include "report.h"

namespace cli {
namespace {

using relais::DocumentId;
using relais::Error;
using relais::ErrorCode;

Error not_a_name(std::string_view why) {
  return Error(ErrorCode::invalid_argument, "This is not a document's name: " + std::string(why) +
                                                ". Write COLLECTION/ID, or SCOPE/COLLECTION/ID.");
}

}  // namespace

relais::Result<DocumentId> parse_document_name(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('/', start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    if (parts.back().empty()) return not_a_name("a part of it is empty");
    start = end + 1;
  }
  if (parts.size() == 2) return DocumentId{"", parts[0], parts[1]};
  if (parts.size() == 3) return DocumentId{parts[0], parts[1], parts[2]};
  return not_a_name(parts.size() == 1 ? "it has no '/'" : "it has too many parts between '/'");
}

std::string to_text(const DocumentId& document) {
  const std::string name = document.collection + '/' + document.id;
  return document.scope.empty() ? name : document.scope + '/' + name;
}

Outcome fault_of(const std::vector<relais::Unreadable>& unreadable) {
  if (unreadable.empty()) return {};
  for (const relais::Unreadable& one : unreadable) {
    warn(to_text(one.document) + ": " + one.error.message());
  }
  return Fault{Error(unreadable.front().error.code(),
                     counted(unreadable.size(), "document") + " can't be read.")};
}

}  // namespace cli
