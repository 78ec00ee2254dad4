#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "document/json/json.h"

namespace relais::replica {

/// The lines of a file one after the other; empty ones are passed over, but counted.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line);
  /// Of the last one, from 1.
  std::uint32_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

/// An error that names the line.
Error at_line(std::uint32_t number, Error error);

/// What an import does about lines that can't be imported: the first ends it, or each is passed
/// over and reported.
class Faults {
 public:
  explicit Faults(bool skip) : skip_(skip) {}

  /// Fails with the error, naming the line, unless such lines are passed over.
  Status add(std::uint32_t line, Error error);
  bool has(std::uint32_t line) const { return errors_.contains(line); }
  /// By line.
  const std::map<std::uint32_t, Error>& errors() const { return errors_; }

 private:
  bool skip_;
  std::map<std::uint32_t, Error> errors_;
};

/// Where a section goes, or why nothing of it can be written.
struct SectionTarget {
  CompartmentId compartment;
  std::optional<Error> refused;
};
/// The places of the sections of each scope and collection; a document without sections has one
/// called "".
using Sections = std::map<std::string, SectionTarget, std::less<>>;
using SectionTargets = std::map<std::pair<std::string, std::string>, Sections>;

/// Reads all of it once, so that nothing is half written: each line is a document that can be
/// written, and none stands there twice. Gives the places that will be needed, not yet filled in.
/// Fails: bad_input, limit_exceeded.
Result<SectionTargets> check_lines(std::string_view text, const document::TextRules& rules,
                                   Faults& faults);

}  // namespace relais::replica
