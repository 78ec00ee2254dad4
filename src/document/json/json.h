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
/// with only '"', '\\' and control characters escaped. Of siblings
/// the one to show stands there. Several states (one a compartment) of one document make one
/// object: their sections differ. A counter beyond 64 bits is the nearest floating-point number. An
/// attachment is an object: {"$attachment": its hash in hexadecimal, "media_type", "size"}; how a
/// field of such a name is written, document/json/key.h says.
std::string to_json(const std::vector<const State*>& states);
/// What is at a path: null if nothing is.
std::string to_json(const State& state, const Path& path);
std::string to_json(const Value& value);

/// A path as users write it: steps joined by '/', with '~1' for '/' and '~0' for '~' in a name.
/// A number in a list is an index at this moment; '@…' is an element's id in its text form.
/// Fails: invalid_argument, for any other step in a list too; not_found when an index or an element
/// isn't there.
Result<Path> parse_path(std::string_view text, const State& state);
/// Elements by index, as users read them.
std::string to_text(const Path& path, const State& state);

/// Reads import lines {"scope"?, "collection", "id", "doc"} and writes each as the ops of new
/// documents, without a state: the fast way in. Keeps a parser and buffers between lines. Strings
/// longer than a register holds become text, as those do of which `rules` say so.
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
  /// Fails: bad_input, or limit_exceeded for what is too long; both name the field's path.
  Result<Line> parse(std::string_view line);

  /// Of the line parsed last: its `doc`, as it stood there, without spaces.
  std::string document_json() const;
  /// Of the line parsed last: the sections (names of its `doc`'s fields), in order.
  const std::vector<std::string>& sections() const;
  /// Encodes what writes the sections for which `wanted(section)` holds, for a document that is
  /// unknown here, by content: one change; several, for consecutive places of one log, if one is
  /// too small. Replaces `changes`. `compartment`: where the log stands. `several` names the deed
  /// in each of several changes, unless `attribution` names it already. Fails: invalid_argument if
  /// no section was wanted; limit_exceeded.
  Status encode(const CompartmentId& compartment, Stamp stamp, const Attribution& attribution,
                const std::function<bool(std::string_view section)>& wanted,
                const std::function<TransactionId()>& several, std::vector<Bytes>& changes);

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace relais::document
