#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document/json/json.h"

namespace relais::replica {

/// Iterates over the lines of a text; skips empty ones, but counts them.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line);
  /// The number of the last line, from 1.
  std::uint32_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

/// An error that names the line.
Error at_line(std::uint32_t number, Error error);

/// The lines that can't be imported: the first one ends the import, or each is skipped and
/// reported.
class Faults {
 public:
  explicit Faults(bool skip) : skip_(skip) {}

  /// Fails with the error, naming the line, unless such lines are skipped.
  Status add(std::uint32_t line, Error error);
  bool has(std::uint32_t line) const { return errors_.contains(line); }
  /// Sorted by line.
  const std::map<std::uint32_t, Error>& errors() const { return errors_; }

 private:
  bool skip_;
  std::map<std::uint32_t, Error> errors_;
};

/// A section's compartment, or the error why it can't be written.
struct SectionTarget {
  CompartmentId compartment;
  std::optional<Error> refused;
};
/// The targets of the sections of each scope and collection; a document without sections has the
/// section "".
using Sections = std::map<std::string, SectionTarget, std::less<>>;
using SectionTargets = std::map<std::pair<std::string, std::string>, Sections>;

/// The compartments that a line writes, in the order of its sections.
class LineParts {
 public:
  /// Of a line with these sections. `targets` must have them, and outlive the use of this object.
  void find(const std::vector<std::string>& sections, const Sections& targets);
  const std::vector<CompartmentId>& compartments() const { return compartments_; }
  bool writes(std::string_view section, const CompartmentId& compartment) const {
    return compartments_.size() == 1 || targets_->find(section)->second.compartment == compartment;
  }

 private:
  const Sections* targets_ = nullptr;
  std::vector<CompartmentId> compartments_;
};

/// Checks that each line is a document that can be written, and that no document occurs twice.
/// Returns the sections that occur, without their compartments. Fails: bad_input, limit_exceeded.
Result<SectionTargets> check_lines(std::string_view text, const document::TextRules& rules,
                                   Faults& faults);

}  // namespace relais::replica
