#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "relais/document.h"
#include "relais/error.h"

namespace relais {

struct ImportOptions {
  /// Strings that become text that several may edit: "COLLECTION:PATH", '*' for any list element.
  std::vector<std::string> text_fields = {};
  std::string user = {};  ///< as Transaction::set_user; empty: nothing is said
  /// Lines that can't be imported are passed over, and reported, instead of ending the import.
  bool skip_bad = false;
  /// Called now and then, in the caller's thread, with the number of documents read so far.
  std::function<void(std::uint64_t done)> progress = {};
};

/// A line that wasn't imported, and why.
struct SkippedLine {
  std::uint64_t line = 0;  ///< from 1
  Error error;
};

struct ImportReport {
  std::uint64_t documents = 0;
  std::uint64_t updated = 0;              ///< of those, how many were here already
  std::vector<SkippedLine> skipped = {};  ///< ImportOptions::skip_bad; by line
};

}  // namespace relais
