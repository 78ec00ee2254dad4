#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Editing traces (github.com/josephg/editing-traces): one text's history, as it was typed.
namespace bench {

struct Patch {
  std::size_t position;  ///< in code points
  std::size_t removed;
  std::string inserted;
};

/// What one author did at once, having seen all that came before `seen` says.
struct Edit {
  std::size_t author = 0;
  std::vector<Patch> patches;
  std::vector<std::size_t> seen;  ///< per author, how many of its edits
  bool last = false;              ///< someone has seen it, and none of its author's later ones
};

struct Trace {
  std::string start;
  std::string end;
  std::vector<Edit> edits;
  std::size_t authors = 1;
  std::size_t patches = 0;
};

/// A `.json` file, or `.json.gz`. `concurrent`: its transactions have parents and an agent. Ends
/// the program with a sentence if it is something else.
Trace read_trace(const std::string& path, bool concurrent);

}  // namespace bench
