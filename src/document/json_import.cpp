#include <utility>

#include "base/check.h"
#include "base/try.h"
#include "document/change_writer.h"
#include "document/json.h"
#include "document/json_dom.h"
#include "document/json_limits.h"
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

/// What a change may take beside its ops, and an op beside its value: less than this.
constexpr std::size_t kHeadBytes = 512;
constexpr std::size_t kOpBytes = 64 + limits::kNestingDepth * (limits::kPathStepBytes + 5);

/// Turns one document into ops, in the order in which the JSON has its fields. What comes after a
/// full change goes on in the next.
class DocumentWriter {
 public:
  /// `go_on`: takes what was written, and starts the writer for the next change.
  DocumentWriter(ChangeWriter& out, const TextMatcher& text, std::string_view collection,
                 const std::function<void()>& go_on)
      : out_(out), text_(text), collection_(collection), go_on_(go_on) {}

  void field(std::string_view key, const element& value) {
    const std::string_view name = name_of(key);
    out_.push(name);
    steps_[depth_++] = {name, {}, false};
    write(value);
    --depth_;
    out_.pop();
  }

 private:
  struct Step {
    std::string_view name;
    Dot element;
    bool is_element;
  };

  /// Before each op.
  void make_room(std::size_t value_bytes) {
    const std::size_t bytes = kHeadBytes + out_.bytes() + kOpBytes + value_bytes;
    if (out_.ops() < limits::kOpsPerChange && bytes <= limits::kChangeBytes) return;
    go_on_();
    for (std::size_t i = 0; i < depth_; ++i) {
      steps_[i].is_element ? out_.push(steps_[i].element) : out_.push(steps_[i].name);
    }
  }

  void write(const element& value) {
    if (is_long(value)) return write_text(value.get_string().value_unsafe());
    switch (value.type()) {
      case element_type::OBJECT:
        if (is_attachment(value)) return set(Value(attachment_of(value)));
        return write_object(value.get_object().value_unsafe(), true);
      case element_type::ARRAY: return write_array(value.get_array().value_unsafe(), true);
      case element_type::STRING:
        if (!text_.empty() && is_text()) return write_text(value.get_string().value_unsafe());
        break;
      default: break;
    }
    set(scalar_of(value));
  }

  void set(const ValueView& value) {
    make_room(value.text.size());
    out_.set(value);
  }

  void make(Kind kind) {
    make_room(0);
    out_.make(kind);
  }

  void write_object(const simdjson::dom::object& object, bool alone) {
    if (alone && object.begin() == object.end()) return make(Kind::map);
    for (const auto& entry : object) field(entry.key, entry.value);
  }

  /// No list stands at the last step: there an array is a set.
  void write_array(const simdjson::dom::array& array, bool alone) {
    const bool set = depth_ == limits::kNestingDepth;
    if (alone && array.begin() == array.end()) return make(set ? Kind::set : Kind::list);
    std::optional<Dot> last;
    for (const element item : array) {
      if (set) {
        write_member(item);
      } else {
        last = write_item(item, last);
      }
    }
  }

  void write_member(const element& item) {
    const Value value = value_of(item);
    const ValueView view(value);
    make_room(view.text.size());
    out_.add(view);
  }

  /// An element behind another (none: the first); gives its id.
  Dot write_item(const element& item, const std::optional<Dot>& last) {
    const bool array = item.is_array() && depth_ + 1 < limits::kNestingDepth;
    const bool object = item.is_object() && !is_attachment(item);
    if (!array && !object) {
      if (is_attachment(item)) return insert(last, Value(attachment_of(item)));
      if (is_scalar(item)) return insert(last, scalar_of(item));
      return write_other_item(item, insert(last, Value()));
    }
    make_room(0);
    const Dot id = out_.own(out_.insert({last, {}}, array ? Kind::list : Kind::map));
    enter(id);
    if (array) write_array(item.get_array().value_unsafe(), false);
    if (object) write_object(item.get_object().value_unsafe(), false);
    leave();
    return id;
  }

  /// As no element begins: a long string, or a set. The value it begins with goes.
  Dot write_other_item(const element& item, const Dot& id) {
    enter(id);
    make_room(0);
    out_.withdraw({id});
    write(item);
    leave();
    return id;
  }

  Dot insert(const std::optional<Dot>& last, const ValueView& value) {
    make_room(value.text.size());
    return out_.own(out_.insert({last, {}}, value));
  }

  void write_text(std::string_view text) {
    if (text.empty()) return make(Kind::text);
    std::optional<Dot> last;
    while (!text.empty()) {
      const std::string_view part = text.substr(0, whole_code_points(text, limits::kStringBytes));
      make_room(part.size());
      const std::uint32_t first = out_.insert_text({last, {}}, part);
      last = out_.own(first + static_cast<std::uint32_t>(count_code_points(part)) - 1);
      text.remove_prefix(part.size());
    }
  }

  void enter(const Dot& element) {
    out_.push(element);
    steps_[depth_++] = {{}, element, true};
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
  const std::function<void()>& go_on_;
  Step steps_[limits::kNestingDepth];
  std::size_t depth_ = 0;
};

Error missing(std::string_view key) {
  return Error(ErrorCode::bad_input, "the line has no \"" + std::string(key) + "\"");
}

}  // namespace

struct Importer::Parsed {
  explicit Parsed(const TextRules& rules) : matcher(rules) {}

  /// Fills `line`, and finds and checks `doc`.
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
                   "the line has a key that is none of \"scope\", \"collection\", \"id\", \"doc\"");
    }
    if (std::exchange(has[key], true)) {
      return Error(ErrorCode::bad_input, "a key stands twice in the line");
    }
    if (key == kDoc) {
      if (value.get_object().get(fields) != simdjson::SUCCESS) {
        return Error(ErrorCode::bad_input, "doc: not an object");
      }
      doc = value;
      continue;
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) {
      return Error(ErrorCode::bad_input, std::string(name) + ": not a string");
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
    return Error(ErrorCode::bad_input, "the line is not an object");
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
        "the line is longer than " + std::to_string(limits::kDocumentJsonBytes) + " bytes");
  }
  Line line;
  RELAIS_TRY(parsed.read(text, line));
  parsed.has_doc = true;
  for (const auto& field : parsed.fields) parsed.sections.emplace_back(name_of(field.key));
  parsed.address = line.address;
  return line;
}

const std::vector<std::string>& Importer::sections() const { return parsed_->sections; }

Status Importer::encode(Stamp stamp, const Attribution& attribution,
                        const std::function<bool(std::string_view section)>& wanted,
                        const std::function<TransactionId()>& several,
                        std::vector<Bytes>& changes) {
  Parsed& parsed = *parsed_;
  RELAIS_CHECK(parsed.has_doc);
  ChangeWriter& writer = parsed.writer;
  Attribution named = attribution;
  std::size_t made = 0;
  std::size_t bytes = 0;
  // Of places, changes say only how far back in the author's log another one is.
  const AuthorId self{};
  const auto finish = [&] {
    if (changes.size() == made) changes.emplace_back();
    Bytes& out = changes[made++];
    out.clear();
    writer.finish(parsed.address, stamp, named, out);
    bytes += out.size();
  };
  const std::function<void()> go_on = [&] {
    if (!named.transaction) named.transaction = several();
    finish();
    Context context;
    context.advance(self, made);
    writer.start(Position{self, made + 1}, context);
  };
  writer.start(Position{self, 1}, Context{});
  DocumentWriter document(writer, parsed.matcher, parsed.address.collection, go_on);
  if (parsed.sections.empty()) writer.make(Kind::map);
  for (const auto& field : parsed.fields) {
    if (wanted(name_of(field.key))) document.field(field.key, field.value);
    if (bytes > limits::kImportedDocumentBytes) break;
  }
  if (writer.ops() > 0) finish();
  changes.resize(made);
  if (made == 0) return Error(ErrorCode::invalid_argument, "no section of it was wanted");
  if (bytes <= limits::kImportedDocumentBytes) return {};
  changes.clear();
  return Error(
      ErrorCode::limit_exceeded,
      "the document is larger than " + std::to_string(limits::kImportedDocumentBytes) + " bytes");
}

}  // namespace relais::document
