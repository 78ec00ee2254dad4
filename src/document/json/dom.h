#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "document/codec/value_code.h"
#include "relais/result.h"

/// Helpers of import and edit for reading JSON with simdjson. Only for .cpp files: simdjson's
/// header is large.
namespace relais::document {

/// The path of a walk over JSON; formatted only for an error.
class JsonTrail {
 public:
  JsonTrail() = default;
  /// Starts at a path inside a document.
  JsonTrail(std::string base, std::size_t depth) : base_(std::move(base)), base_depth_(depth) {}

  void push(std::string_view name) { steps_.push_back({name, 0, false}); }
  void push(std::size_t index) { steps_.push_back({{}, index, true}); }
  void pop() { steps_.pop_back(); }
  /// The number of steps, with the base's.
  std::size_t depth() const { return base_depth_ + steps_.size(); }
  void clear() {
    steps_.clear();
    saw_zero = false;
  }
  std::string text() const;

  Error fault(ErrorCode code, std::string_view what) const;
  /// A floating-point number was 0: its text may have been another number, too small for a double.
  bool saw_zero = false;

 private:
  struct Step {
    std::string_view name;
    std::size_t index;
    bool is_index;
  };
  std::string base_;
  std::size_t base_depth_ = 0;
  std::vector<Step> steps_;
};

/// Checks what simdjson doesn't: depth, lengths, 64-bit integers, duplicate keys. An array at the
/// last step of a path must be a set's. Fails: bad_input, limit_exceeded, both with the path.
Status check_json(const simdjson::dom::element& element, JsonTrail& trail);
/// An error with the path of the first number that isn't 0 and would become 0.0. The JSON must
/// parse.
std::optional<Error> too_small_number(std::string_view json, std::string base);

/// An object with kAttachmentKey. After check_json it is complete.
bool is_attachment(const simdjson::dom::element& element);
Attachment attachment_of(const simdjson::dom::element& element);

/// A string, number, boolean or null.
ValueView scalar_of(const simdjson::dom::element& element);
/// Whether a register, a set or a list element can hold it.
bool is_scalar(const simdjson::dom::element& element);
/// The JSON must be a scalar.
Value value_of(const simdjson::dom::element& element);
/// A string too long for a register: it becomes a text.
bool is_long(const simdjson::dom::element& element);

/// Parses `json` again, slowly, to find why simdjson refused it; with the path.
Error json_fault(std::string_view json, std::string base);

/// Parses; the parser's depth is above the limit, so that errors name the path.
simdjson::error_code parse_json(simdjson::dom::parser& parser, std::string_view json,
                                simdjson::dom::element& root);

}  // namespace relais::document
