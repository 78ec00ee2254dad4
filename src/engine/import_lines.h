#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "document/json.h"

namespace relais::engine {

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

/// The compartments of the sections of each scope and collection; a document without sections has
/// one called "".
using Sections = std::map<std::string, CompartmentId, std::less<>>;
using Places = std::map<std::pair<std::string, std::string>, Sections>;

/// Reads all of it once, so that nothing is half written: each line is a document that can be
/// written, and none stands there twice. Gives the places that will be needed, not yet filled in.
/// Fails: bad_input, limit_exceeded.
Result<Places> check_lines(std::string_view text, const document::TextRules& rules);

}  // namespace relais::engine
