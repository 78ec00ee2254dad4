#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "document/codec/value_code.h"
#include "relais/result.h"

/// What importing and editing share of reading JSON with simdjson. Only for .cpp files: the header
/// of simdjson is large.
namespace relais::document {

/// Where a walk over JSON is: names and indices, made into text only when there is a fault.
class JsonTrail {
 public:
  JsonTrail() = default;
  /// Starts inside a document.
  JsonTrail(std::string base, std::size_t depth) : base_(std::move(base)), base_depth_(depth) {}

  void push(std::string_view name) { steps_.push_back({name, 0, false}); }
  void push(std::size_t index) { steps_.push_back({{}, index, true}); }
  void pop() { steps_.pop_back(); }
  /// Of the place: its steps, those of the base too.
  std::size_t depth() const { return base_depth_ + steps_.size(); }
  void clear() {
    steps_.clear();
    saw_zero = false;
  }
  std::string text() const;

  Error fault(ErrorCode code, std::string_view what) const;
  /// A floating-point number read 0: of a number too small for one, that isn't what it says.
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

/// Checks what simdjson doesn't: depth, lengths, integers of 64 bits, and keys that stand twice.
/// An array at the last step of a path must be a set's. Fails: bad_input, limit_exceeded, both with
/// the path.
Status check_json(const simdjson::dom::element& element, JsonTrail& trail);
/// A number of the JSON, which parses, that isn't 0 and would read as 0.0; with its path.
std::optional<Error> too_small_number(std::string_view json, std::string base);

/// An object that has kAttachmentKey. After check_json it is whole, and can be read.
bool is_attachment(const simdjson::dom::element& element);
Attachment attachment_of(const simdjson::dom::element& element);

/// A string, number, boolean or null.
ValueView scalar_of(const simdjson::dom::element& element);
/// What a register, a set or a list's element can hold as it is.
bool is_scalar(const simdjson::dom::element& element);
/// Of a scalar.
Value value_of(const simdjson::dom::element& element);
/// A string that no register holds: it is a text.
bool is_long(const simdjson::dom::element& element);

/// Why simdjson refused `json`, with the path of the place: found by reading it again, slowly.
Error json_fault(std::string_view json, std::string base);

/// Parses with room for every nesting that the limits let through.
simdjson::error_code parse_json(simdjson::dom::parser& parser, std::string_view json,
                                simdjson::dom::element& root);

}  // namespace relais::document
