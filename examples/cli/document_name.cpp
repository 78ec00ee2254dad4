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

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('/', start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

bool has_empty(const std::vector<std::string>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
}

}  // namespace

relais::Result<DocumentId> parse_document_name(std::string_view text) {
  const auto parts = parts_of(text);
  if (has_empty(parts)) return not_a_name("a part of it is empty");
  if (parts.size() == 2) return DocumentId{"", parts[0], parts[1]};
  if (parts.size() == 3) return DocumentId{parts[0], parts[1], parts[2]};
  return not_a_name(parts.size() == 1 ? "it has no '/'" : "it has too many parts between '/'");
}

relais::Result<DocumentId> parse_collection_name(std::string_view text) {
  const auto parts = parts_of(text);
  if (parts.size() > 2 || has_empty(parts)) {
    return Error(ErrorCode::invalid_argument,
                 "This is not a collection's name: write COLLECTION, or SCOPE/COLLECTION.");
  }
  return parts.size() == 1 ? DocumentId{"", parts[0], ""} : DocumentId{parts[0], parts[1], ""};
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
