#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/change.h"
#include "document/json/key.h"
#include "document/json/text_rules.h"
#include "document/state/state.h"

namespace relais::document {

/// The document as JSON in canonical form: keys in the order of the names' UTF-8 bytes, no spaces,
/// shortest numbers that read back (a floating-point number keeps a '.', or an 'e'), text as UTF-8
/// with only '"', '\\' and control characters escaped. Of siblings the shown
/// one is written. Several states (one per compartment) of one document make one object: their
/// sections differ. A counter beyond 64 bits is the nearest floating-point number. An attachment is
/// an object: {"$attachment": its hash in hexadecimal, "media_type", "size"}; for fields with such
/// a name see document/json/key.h.
std::string to_json(const std::vector<const State*>& states);
/// The field at a path; "null" if there is none.
std::string to_json(const State& state, const Path& path);
std::string to_json(const Value& value);

/// A path as users write it: steps joined by '/', with '~1' for '/' and '~0' for '~' in a name.
/// A number below a list is a current index; '@…' is an element's id in its text form.
/// Fails: invalid_argument, also for any other step below a list; not_found for a missing index or
/// element.
Result<Path> parse_path(std::string_view text, const State& state);
/// A path as users read it, with elements by index.
std::string to_text(const Path& path, const State& state);

/// Reads import lines {"scope"?, "collection", "id", "doc"} and writes each as the ops of a new
/// document, without a state, for speed. Reuses a parser and buffers. Strings too long for a
/// register become texts, and so do those that match `rules`.
/// Threads: one at a time.
class Importer {
 public:
  explicit Importer(const TextRules& rules = {});
  ~Importer();

  struct Line {
    std::string scope;
    Address address;
  };
  /// Parses and checks a whole line (JSON, UTF-8, limits, duplicate keys, numbers).
  /// Fails: bad_input, or limit_exceeded for data that is too long; both name the field's path.
  Result<Line> parse(std::string_view line);

  /// The `doc` of the last parsed line, minified.
  std::string document_json() const;
  /// The sections (names of `doc`'s fields) of the last parsed line, in order.
  const std::vector<std::string>& sections() const;
  /// Encodes the by-content changes that write the sections with `wanted(section)`, for a document
  /// unknown on this device: one change, or if that is too small several, for consecutive positions
  /// of one log. Replaces `changes`. `compartment`: the log's. If there are several, `several`
  /// gives their transaction id, unless `attribution` has one. Fails: invalid_argument if no
  /// section is wanted; limit_exceeded.
  Status encode(const CompartmentId& compartment, Stamp stamp, const Attribution& attribution,
                const std::function<bool(std::string_view section)>& wanted,
                const std::function<TransactionId()>& several, std::vector<Bytes>& changes);

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace relais::document
