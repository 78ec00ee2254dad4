#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "relais/document.h"
#include "relais/error.h"

namespace relais {

struct ImportOptions {
  /// Fields whose strings become text, for concurrent editing: "COLLECTION:PATH", '*' for any list
  /// element.
  std::vector<std::string> text_fields = {};
  std::string user = {};  ///< as Transaction::set_user; empty: none
  /// Lines that can't be imported are skipped and reported, instead of ending the import.
  bool skip_bad = false;
  /// Called after each batch, in the caller's thread, with the number of documents read so far;
  /// empty: nothing is called.
  std::function<void(std::uint64_t done)> progress = {};
};

/// A line that wasn't imported, and why.
struct SkippedLine {
  std::uint64_t line = 0;  ///< from 1
  Error error;
};

struct ImportReport {
  std::uint64_t documents = 0;
  std::uint64_t updated = 0;              ///< of these, those that existed before, or were deleted
  std::vector<SkippedLine> skipped = {};  ///< with ImportOptions::skip_bad; sorted by line
};

}  // namespace relais
