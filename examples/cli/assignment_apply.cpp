#include <algorithm>
#include <optional>
#include <utility>

#include "assignment.h"
#include "new_names.h"
#include "report.h"

/// What an edit of the command line is in the library's words.
namespace cli {
namespace {

using relais::DocumentId;
using relais::Error;
using relais::ErrorCode;
using relais::FieldKind;
using relais::FieldTree;
using relais::Result;
using relais::Status;
using relais::Transaction;
using relais::Value;
using Kind = Assignment::Kind;
using Sign = Assignment::Sign;

Error no_json() { return Error(ErrorCode::bad_input, "The value is no JSON."); }
Error out_of_range() { return Error(ErrorCode::bad_input, "The number is out of range."); }

/// A number other than 0 that a double can't tell from 0.
bool is_too_small(double number, std::string_view json) {
  const std::string_view digits = json.substr(0, json.find_first_of("eE"));
  return number == 0 && digits.find_first_of("123456789") != std::string_view::npos;
}

Result<Value> scalar_of(const Json& json, std::string_view text) {
  if (json.is_null()) return Value(nullptr);
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_string()) return Value(json.get<std::string>());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return out_of_range();
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_number_float()) {
    if (is_too_small(json.get<double>(), text)) return out_of_range();
    return Value(json.get<double>());
  }
  return Error(ErrorCode::wrong_kind,
               "the value is one string or number, true, false or null: no list and no object");
}

Result<Value> parse_scalar(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return no_json();
  return scalar_of(json, text);
}

Result<std::int64_t> parse_whole(const std::string& text) {
  if (text.starts_with('+')) {
    return Error(ErrorCode::bad_input, "A number has no + before it: = sets it, += adds to it.");
  }
  const auto value = parse_scalar(text);
  if (!value) return value.error();
  if (const std::int64_t* number = value->integer()) return *number;
  return Error(ErrorCode::wrong_kind, "A counter takes only whole numbers.");
}

Result<std::vector<Value>> parse_elements(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return no_json();
  if (!json.is_array()) {
    return Error(ErrorCode::wrong_kind, "A set is written as a list, like [1,2], with =.");
  }
  std::vector<Value> elements;
  for (const Json& each : json) {
    auto value = scalar_of(each, each.dump());
    if (!value) return value.error();
    elements.push_back(std::move(*value));
  }
  return elements;
}

/// One edit of one field.
class Field {
 public:
  Field(Transaction& transaction, const DocumentId& document, const Assignment& assignment)
      : transaction_(transaction), document_(document), edit_(assignment) {}

  Status run() {
    switch (edit_.kind) {
      case Kind::any: return run_any();
      case Kind::counter: return run_counter();
      case Kind::set: return run_set();
      case Kind::last_writer:
      case Kind::ranked: return run_register();
    }
    return {};
  }

 private:
  Status run_any() {
    switch (edit_.sign) {
      case Sign::put: return transaction_.put_json(document_, edit_.path, edit_.value);
      case Sign::add: return transaction_.append_json(document_, edit_.path, edit_.value);
      case Sign::take: return take();
      case Sign::text: return transaction_.update_text(document_, edit_.path, edit_.value);
      case Sign::erase: return transaction_.erase(document_, edit_.path);
    }
    return {};
  }

  Status run_counter() {
    const auto number = parse_whole(edit_.value);
    if (!number) return number.error();
    if (edit_.sign == Sign::add) return add(*number, 0);
    return edit_.sign == Sign::take ? add(0, *number) : count_to(*number);
  }

  Status run_set() {
    if (edit_.sign == Sign::put) return put_set();
    const auto value = parse_scalar(edit_.value);
    if (!value) return value.error();
    return edit_.sign == Sign::add ? transaction_.add_to_set(document_, edit_.path, *value)
                                   : transaction_.remove_from_set(document_, edit_.path, *value);
  }

  Status run_register() {
    const auto value = parse_scalar(edit_.value);
    if (!value) return value.error();
    return edit_.kind == Kind::ranked
               ? transaction_.set_ranked(document_, edit_.path, *value, edit_.rank)
               : transaction_.set_last_writer(document_, edit_.path, *value);
  }

  /// Of what is there: from a set or from a counter.
  Status take() {
    const auto tree = transaction_.tree(document_, edit_.path);
    if (!tree) return tree.error();
    if (tree->kind == FieldKind::counter) {
      const auto number = parse_whole(edit_.value);
      return number ? add(0, *number) : Status(number.error());
    }
    if (tree->kind != FieldKind::set) {
      return Error(ErrorCode::wrong_kind, "The field is not a set or a counter.");
    }
    const auto value = parse_scalar(edit_.value);
    if (!value) return value.error();
    return transaction_.remove_from_set(document_, edit_.path, *value);
  }

  Status add(std::int64_t more, std::int64_t less) {
    std::int64_t delta = 0;
    if (__builtin_sub_overflow(more, less, &delta)) return out_of_range();
    return transaction_.increment(document_, edit_.path, delta);
  }

  Status count_to(std::int64_t number) {
    const auto tree = transaction_.tree(document_, edit_.path);
    const bool counts = tree && tree->kind == FieldKind::counter;
    if (counts && tree->count == number) return {};
    return add(number, counts ? tree->count : 0);
  }

  Status put_set() {
    const auto wanted = parse_elements(edit_.value);
    if (!wanted) return wanted.error();
    const auto tree = transaction_.tree(document_, edit_.path);
    const bool is_set = tree && tree->kind == FieldKind::set;
    const std::vector<Value> there = is_set ? tree->elements : std::vector<Value>();
    const auto has = [](const std::vector<Value>& all, const Value& value) {
      return std::find(all.begin(), all.end(), value) != all.end();
    };
    for (const Value& value : *wanted) {
      if (has(there, value)) continue;
      if (Status added = transaction_.add_to_set(document_, edit_.path, value); !added)
        return added;
    }
    for (const Value& value : there) {
      if (has(*wanted, value)) continue;
      Status gone = transaction_.remove_from_set(document_, edit_.path, value);
      if (!gone) return gone;
    }
    if (is_set || !wanted->empty()) return {};
    // What had an element is a set, also without it.
    Status made = transaction_.add_to_set(document_, edit_.path, nullptr);
    return made ? transaction_.remove_from_set(document_, edit_.path, nullptr) : made;
  }

  Transaction& transaction_;
  const DocumentId& document_;
  const Assignment& edit_;
};

}  // namespace

Status apply(Transaction& transaction, const DocumentId& document, const Assignment& assignment) {
  if (Status names = check_new_names(transaction, document, assignment); !names) return names;
  Status done = Field(transaction, document, assignment).run();
  return done ? done : at_path(std::move(done).error(), assignment.path);
}

}  // namespace cli
