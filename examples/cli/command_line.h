#pragma once

#include <functional>
#include <string>

#include "outcome.h"

namespace CLI {
class App;
}

namespace cli {

/// The command that stands on the command line.
struct Selected {
  std::function<Outcome()> run;
  bool json = false;
  bool writes = false;  ///< to a store
  std::string colour;   ///< auto, always or never; empty: not said
};

/// Adds every command with its options, help and examples; parsing fills `selected`, which has to
/// outlive the parsing.
void add_commands(CLI::App& app, Selected& selected);

}  // namespace cli
