#include <utility>

#include "base/check.h"
#include "base/try.h"
#include "document/codec/change_layout.h"
#include "document/json/dom.h"
#include "document/json/import_writer.h"
#include "document/json/json.h"
#include "document/json/limits.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

using simdjson::dom::element;

Status check_scope(std::string_view scope) {
  // A scope follows the rules of a collection's name, but may be empty.
  if (scope.empty() || (scope.size() <= limits::kScopeBytes &&
                        check_address({std::string(scope), "id"}).has_value())) {
    return {};
  }
  return Error(ErrorCode::bad_input, "scope: The value must be at most " +
                                         std::to_string(limits::kScopeBytes) +
                                         " bytes of UTF-8 without '/' or control characters.");
}

Error missing(std::string_view key) {
  return Error(ErrorCode::bad_input, "The line has no \"" + std::string(key) + "\".");
}

}  // namespace

struct Importer::Parsed {
  explicit Parsed(const TextRules& rules) : matcher(rules) {}

  /// Fills in `line`, and finds and checks `doc`.
  Status read(std::string_view text, Line& line);
  Status read_line(const simdjson::dom::object& object, Line& line);

  TextMatcher matcher;
  simdjson::dom::parser parser;
  JsonTrail trail{"doc", 0};
  ChangeWriter writer;
  element doc;
  simdjson::dom::object fields;
  bool has_doc = false;
  Address address;
  std::vector<std::string> sections;
};

Importer::Importer(const TextRules& rules) : parsed_(std::make_unique<Parsed>(rules)) {}
Importer::~Importer() = default;

std::string Importer::document_json() const { return simdjson::minify(parsed_->doc); }

Status Importer::Parsed::read_line(const simdjson::dom::object& object, Line& line) {
  bool has[4] = {};
  enum Key { kCollection, kId, kScope, kDoc, kUnknown };
  for (const auto& [name, value] : object) {
    const Key key = name == "collection" ? kCollection
                    : name == "id"       ? kId
                    : name == "scope"    ? kScope
                    : name == "doc"      ? kDoc
                                         : kUnknown;
    if (key == kUnknown) {
      return Error(ErrorCode::bad_input,
                   "The line has a key other than \"scope\", \"collection\", \"id\" and \"doc\".");
    }
    if (std::exchange(has[key], true)) {
      return Error(ErrorCode::bad_input, "A key occurs twice in the line.");
    }
    if (key == kDoc) {
      if (value.get_object().get(fields) != simdjson::SUCCESS) {
        return Error(ErrorCode::bad_input, "doc: The value must be an object.");
      }
      doc = value;
      continue;
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) {
      return Error(ErrorCode::bad_input, std::string(name) + ": The value must be a string.");
    }
    std::string* const targets[] = {&line.address.collection, &line.address.id, &line.scope};
    targets[key]->assign(text);
  }
  if (!has[kCollection]) return missing("collection");
  if (!has[kId]) return missing("id");
  if (!has[kDoc]) return missing("doc");
  if (auto status = check_address(line.address); !status) {
    return Error(ErrorCode::bad_input, status.error().message());
  }
  return check_scope(line.scope);
}

Status Importer::Parsed::read(std::string_view text, Line& line) {
  element root;
  if (parse_json(parser, text, root) != simdjson::SUCCESS) return json_fault(text, {});
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return Error(ErrorCode::bad_input, "The line is not a JSON object.");
  }
  trail.clear();
  RELAIS_TRY(read_line(object, line));
  RELAIS_TRY(check_json(doc, trail));
  if (!trail.saw_zero) return {};
  auto small = too_small_number(text, {});
  return small ? Status(*std::move(small)) : Status();
}

Result<Importer::Line> Importer::parse(std::string_view text) {
  Parsed& parsed = *parsed_;
  parsed.has_doc = false;
  parsed.sections.clear();
  if (text.size() > limits::kDocumentJsonBytes) {
    return Error(
        ErrorCode::limit_exceeded,
        "The line is longer than " + std::to_string(limits::kDocumentJsonBytes) + " bytes.");
  }
  Line line;
  RELAIS_TRY(parsed.read(text, line));
  parsed.has_doc = true;
  for (const auto& field : parsed.fields) parsed.sections.emplace_back(name_of(field.key));
  parsed.address = line.address;
  return line;
}

const std::vector<std::string>& Importer::sections() const { return parsed_->sections; }

Status Importer::encode(const CompartmentId& compartment, Stamp stamp,
                        const Attribution& attribution,
                        const std::function<bool(std::string_view section)>& wanted,
                        const std::function<TransactionId()>& several,
                        std::vector<Bytes>& changes) {
  Parsed& parsed = *parsed_;
  RELAIS_CHECK(parsed.has_doc);
  ChangeHeader header;
  header.address = parsed.address;
  header.stamp = stamp;
  header.attribution = attribution;
  ImportWriter document(parsed.writer, parsed.matcher, compartment, std::move(header), several,
                        changes);
  if (parsed.sections.empty()) document.make_empty();
  for (const auto& field : parsed.fields) {
    if (wanted(name_of(field.key))) document.field(field.key, field.value);
    if (document.bytes() > limits::kImportedDocumentBytes) break;
  }
  document.finish();
  if (changes.empty())
    return Error(ErrorCode::invalid_argument, "No section of the document was selected.");
  if (changes.size() > layout::kImportParts) {
    changes.clear();
    return Error(ErrorCode::limit_exceeded, "The document needs more than " +
                                                std::to_string(layout::kImportParts) + " changes.");
  }
  if (document.bytes() <= limits::kImportedDocumentBytes) return {};
  changes.clear();
  return Error(
      ErrorCode::limit_exceeded,
      "The document is larger than " + std::to_string(limits::kImportedDocumentBytes) + " bytes.");
}

}  // namespace relais::document
