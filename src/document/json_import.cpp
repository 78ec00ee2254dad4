#include "base/check.h"
#include "base/try.h"
#include "document/change_writer.h"
#include "document/json.h"
#include "document/json_dom.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

Status check_scope(std::string_view scope) {
  // A scope obeys the rules of a collection's name, and may be empty.
  if (scope.empty() || (scope.size() <= limits::kScopeBytes &&
                        check_address({std::string(scope), "id"}).has_value())) {
    return {};
  }
  return Error(ErrorCode::bad_input, "scope: at most " + std::to_string(limits::kScopeBytes) +
                                         " bytes of UTF-8 without '/' and control characters");
}

/// Turns one document into ops, in the order in which the JSON has its fields.
class DocumentWriter {
 public:
  DocumentWriter(ChangeWriter& out, const TextMatcher& text, std::string_view collection)
      : out_(out), text_(text), collection_(collection) {}

  void field(std::string_view name, const element& value) {
    out_.push(name);
    steps_[depth_++] = {name, false};
    write(value);
    --depth_;
    out_.pop();
  }

  bool too_many() const { return out_.ops() > limits::kOpsPerChange; }

 private:
  struct Step {
    std::string_view name;
    bool is_element;
  };

  void write(const element& value) {
    switch (value.type()) {
      case element_type::OBJECT:
        if (is_attachment(value)) return out_.set(Value(attachment_of(value)));
        return write_object(value.get_object().value_unsafe(), true);
      case element_type::ARRAY: return write_array(value.get_array().value_unsafe(), true);
      case element_type::STRING:
        if (!text_.empty() && is_text()) return write_text(value.get_string().value_unsafe());
        break;
      default: break;
    }
    out_.set(scalar_of(value));
  }

  void write_object(const simdjson::dom::object& object, bool make) {
    if (make && object.begin() == object.end()) return out_.make(Kind::map);
    for (const auto& entry : object) field(entry.key, entry.value);
  }

  void write_array(const simdjson::dom::array& array, bool make) {
    if (make && array.begin() == array.end()) return out_.make(Kind::list);
    for (const element item : array) write_item(item);
  }

  void write_item(const element& item) {
    const layout::Neighbours where = out_.usual(Kind::list);
    const element_type type = item.type();
    if (is_attachment(item)) {
      out_.insert(where, Value(attachment_of(item)));
    } else if (type == element_type::OBJECT) {
      enter(out_.insert(where, Kind::map));
      write_object(item.get_object().value_unsafe(), false);
      leave();
    } else if (type == element_type::ARRAY) {
      enter(out_.insert(where, Kind::list));
      write_array(item.get_array().value_unsafe(), false);
      leave();
    } else {
      out_.insert(where, scalar_of(item));
    }
  }

  void write_text(std::string_view text) {
    if (text.empty()) return out_.make(Kind::text);
    out_.insert_text({}, text);
  }

  void enter(std::uint32_t index) {
    out_.push(out_.own(index));
    steps_[depth_++] = {{}, true};
  }
  void leave() {
    --depth_;
    out_.pop();
  }

  bool is_text() const {
    return text_.matches(
        collection_, depth_, [this](std::size_t i) { return steps_[i].is_element; },
        [this](std::size_t i) { return steps_[i].name; });
  }

  ChangeWriter& out_;
  const TextMatcher& text_;
  std::string_view collection_;
  Step steps_[limits::kNestingDepth];
  std::size_t depth_ = 0;
};

Error missing(std::string_view key) {
  return Error(ErrorCode::bad_input, "the line has no \"" + std::string(key) + "\"");
}

}  // namespace

struct Importer::Parsed {
  explicit Parsed(const TextRules& rules) : matcher(rules) {}

  /// Fills `line`, and finds `doc`.
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
  bool has_collection = false;
  bool has_id = false;
  for (const auto& [key, value] : object) {
    if (key == "doc") {
      if (value.get_object().get(fields) != simdjson::SUCCESS) {
        return Error(ErrorCode::bad_input, "doc: not an object");
      }
      doc = value;
      has_doc = true;
      continue;
    }
    std::string* const target = key == "collection" ? &line.address.collection
                                : key == "id"       ? &line.address.id
                                : key == "scope"    ? &line.scope
                                                    : nullptr;
    if (target == nullptr) {
      return Error(ErrorCode::bad_input,
                   "the line has a key that is none of \"scope\", \"collection\", \"id\", \"doc\"");
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) {
      return Error(ErrorCode::bad_input, std::string(key) + ": not a string");
    }
    target->assign(text);
    has_collection = has_collection || key == "collection";
    has_id = has_id || key == "id";
  }
  if (!has_collection) return missing("collection");
  if (!has_id) return missing("id");
  if (!has_doc) return missing("doc");
  if (auto status = check_address(line.address); !status) {
    return Error(ErrorCode::bad_input, status.error().message());
  }
  return check_scope(line.scope);
}

Result<Importer::Line> Importer::parse(std::string_view text) {
  Parsed& parsed = *parsed_;
  parsed.has_doc = false;
  parsed.sections.clear();
  if (text.size() > limits::kJsonLineBytes) {
    return Error(ErrorCode::limit_exceeded,
                 "the line is longer than " + std::to_string(limits::kJsonLineBytes) + " bytes");
  }
  element root;
  if (parse_json(parsed.parser, text, root) != simdjson::SUCCESS) return json_fault(text, {});
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return Error(ErrorCode::bad_input, "the line is not an object");
  }
  Line line;
  parsed.trail.clear();
  for (auto at = object.begin(); at != object.end(); ++at) {
    for (auto before = object.begin(); before != at; ++before) {
      if (before.key() == at.key())
        return Error(ErrorCode::bad_input, "a key stands twice in the line");
    }
  }
  auto read = parsed.read_line(object, line);
  if (read) {
    read = check_json(parsed.doc, parsed.trail);
  }
  if (!read) {
    parsed.has_doc = false;
    return std::move(read).error();
  }
  for (const auto& field : parsed.fields) parsed.sections.emplace_back(field.key);
  parsed.address = line.address;
  return line;
}

const std::vector<std::string>& Importer::sections() const { return parsed_->sections; }

Status Importer::encode(Stamp stamp, const Attribution& attribution,
                        const std::function<bool(std::string_view section)>& wanted, Bytes& out) {
  Parsed& parsed = *parsed_;
  RELAIS_CHECK(parsed.has_doc);
  ChangeWriter& writer = parsed.writer;
  // Of its own position a change of a new document says nothing.
  ChangeHeader header;
  writer.start(Position{AuthorId{}, 1}, header.cites);
  DocumentWriter document(writer, parsed.matcher, parsed.address.collection);
  if (parsed.sections.empty()) writer.make(Kind::map);
  for (const auto& field : parsed.fields) {
    if (wanted(field.key)) document.field(field.key, field.value);
  }
  out.clear();
  if (writer.ops() == 0) return Error(ErrorCode::invalid_argument, "no section of it was wanted");
  if (document.too_many()) {
    return Error(ErrorCode::limit_exceeded,
                 "the document has more than " + std::to_string(limits::kOpsPerChange) + " fields");
  }
  header.address = parsed.address;
  header.stamp = stamp;
  header.attribution = attribution;
  header.content = AuthorId();  // whose name follows from the bytes
  writer.finish(header, out);
  if (out.size() > limits::kChangeBytes) {
    out.clear();
    return Error(ErrorCode::limit_exceeded,
                 "the document is larger than " + std::to_string(limits::kChangeBytes) + " bytes");
  }
  return {};
}

}  // namespace relais::document
