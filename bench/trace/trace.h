#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Editing traces (github.com/josephg/editing-traces): the recorded history of one text.
namespace bench {

struct Patch {
  std::size_t position;  ///< in code points
  std::size_t removed;
  std::string inserted;
};

/// One edit of an author, having seen all that `seen` names.
struct Edit {
  std::size_t author = 0;
  std::vector<Patch> patches;
  std::vector<std::size_t> seen;  ///< for each author, how many of its edits
  bool last = false;              ///< another edit has seen it, and none of its author's later ones
};

struct Trace {
  std::string start;
  std::string end;
  std::vector<Edit> edits;
  std::size_t authors = 1;
  std::size_t patches = 0;
};

/// Reads a `.json` or `.json.gz` file. `concurrent`: its transactions have parents and an agent.
/// Ends the program with a sentence for any other file.
Trace read_trace(const std::string& path, bool concurrent);

}  // namespace bench
