#include "document/json/import_writer.h"

#include <algorithm>

#include "document/json/key.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Bounds of a change without its ops, and of an op without its string. The spec defines them,
// because they decide where an import is split.
constexpr std::size_t kHeadBytes = 512;
constexpr std::size_t kOpBytes = 256 + limits::kNestingDepth * (limits::kPathStepBytes + 5);

std::size_t string_bytes(const ValueView& value) {
  return value.type == Value::Type::text ? value.text.size() : 0;
}

}  // namespace

ImportWriter::ImportWriter(ChangeWriter& out, const TextMatcher& text,
                           const CompartmentId& compartment, ChangeHeader header,
                           const std::function<TransactionId()>& several,
                           std::vector<Bytes>& changes)
    : out_(out),
      text_(text),
      compartment_(compartment),
      header_(std::move(header)),
      several_(several),
      changes_(changes) {
  header_.content = AuthorId();  // computed from the bytes later
  begin();
}

void ImportWriter::begin() {
  Citations& cites = header_.cites;
  cites.contents = contents_;
  std::sort(cites.contents.begin(), cites.contents.end());
  cites.own_before = contents_.empty() ? 0 : 1;  // the position right before
  out_.start(Position{AuthorId(), 1}, cites);
}

void ImportWriter::end() {
  if (changes_.size() == made_) changes_.emplace_back();
  Bytes& bytes = changes_[made_++];
  bytes.clear();
  out_.finish(header_, bytes);
  bytes_ += bytes.size();
  const BytesView body = BytesView(bytes).substr(bytes.size() - out_.body_bytes());
  contents_.push_back(content_author(compartment_, header_.address, header_.cites.contents, body));
}

void ImportWriter::finish() {
  if (out_.ops() > 0) end();
  changes_.resize(made_);
}

void ImportWriter::make_room(std::size_t string_bytes) {
  const std::size_t bytes = kHeadBytes + AuthorId::kSize * contents_.size() + out_.bytes();
  const bool fits = bytes + kOpBytes + string_bytes <= limits::kChangeBytes;
  if (out_.ops() < limits::kOpsPerChange && fits) return;
  if (!header_.attribution.transaction) header_.attribution.transaction = several_();
  end();
  begin();
  for (std::size_t i = 0; i < depth_; ++i) {
    steps_[i].is_element ? out_.push(named(steps_[i].element)) : out_.push(steps_[i].name);
  }
}

Dot ImportWriter::named(const Dot& dot) const {
  if (dot.seq == made_ + 1) return out_.own(dot.index);
  return {contents_[dot.seq - 1], 1, dot.index};
}

layout::Neighbours ImportWriter::behind(const std::optional<Dot>& left) const {
  return {left ? std::optional(named(*left)) : std::nullopt, {}};
}

void ImportWriter::field(std::string_view key, const element& value) {
  const std::string_view name = name_of(key);
  out_.push(name);
  steps_[depth_++] = {name, {}, false};
  write(value);
  leave();
}

void ImportWriter::write(const element& value) {
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

void ImportWriter::set(const ValueView& value) {
  make_room(string_bytes(value));
  out_.set(value);
}

void ImportWriter::make(FieldKind kind) {
  make_room(0);
  out_.make(kind);
}

void ImportWriter::write_object(const simdjson::dom::object& object, bool alone) {
  if (alone && object.begin() == object.end()) return make(FieldKind::map);
  for (const auto& entry : object) field(entry.key, entry.value);
}

/// At the last step an array is a set.
void ImportWriter::write_array(const simdjson::dom::array& array, bool alone) {
  const bool set = depth_ == limits::kNestingDepth;
  if (alone && array.begin() == array.end()) return make(set ? FieldKind::set : FieldKind::list);
  std::optional<Dot> last;
  for (const element item : array) {
    if (set) {
      write_member(item);
    } else {
      last = write_item(item, last);
    }
  }
}

void ImportWriter::write_member(const element& item) {
  const Value value = value_of(item);
  const ValueView view(value);
  make_room(string_bytes(view));
  out_.add(view);
}

/// Writes an element after `last` (none: the first); returns its id.
Dot ImportWriter::write_item(const element& item, const std::optional<Dot>& last) {
  const bool array = item.is_array() && depth_ + 1 < limits::kNestingDepth;
  const bool object = item.is_object() && !is_attachment(item);
  if (!array && !object) {
    if (is_attachment(item)) return insert(last, Value(attachment_of(item)));
    if (is_scalar(item)) return insert(last, scalar_of(item));
    return write_other_item(item, insert(last, Value()));
  }
  make_room(0);
  const Dot id = own(out_.insert(behind(last), array ? FieldKind::list : FieldKind::map));
  enter(id);
  if (array) write_array(item.get_array().value_unsafe(), false);
  if (object) write_object(item.get_object().value_unsafe(), false);
  leave();
  return id;
}

/// Writes an element that is a long string or a set. It is inserted with a value, which is then
/// removed.
Dot ImportWriter::write_other_item(const element& item, const Dot& id) {
  enter(id);
  make_room(0);
  out_.withdraw({named(id)});
  write(item);
  leave();
  return id;
}

Dot ImportWriter::insert(const std::optional<Dot>& last, const ValueView& value) {
  make_room(string_bytes(value));
  return own(out_.insert(behind(last), value));
}

void ImportWriter::write_text(std::string_view text) {
  if (text.empty()) return make(FieldKind::text);
  std::optional<Dot> last;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, whole_code_points(text, limits::kStringBytes));
    make_room(part.size());
    const std::uint32_t first = out_.insert_text(behind(last), part);
    last = own(first + static_cast<std::uint32_t>(count_code_points(part)) - 1);
    text.remove_prefix(part.size());
  }
}

void ImportWriter::enter(const Dot& element) {
  out_.push(named(element));
  steps_[depth_++] = {{}, element, true};
}

void ImportWriter::leave() {
  --depth_;
  out_.pop();
}

bool ImportWriter::is_text() const {
  return text_.matches(
      header_.address.collection, depth_, [this](std::size_t i) { return steps_[i].is_element; },
      [this](std::size_t i) { return steps_[i].name; });
}

}  // namespace relais::document
