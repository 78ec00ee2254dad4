#pragma once

#include <functional>

#include "outcome.h"

namespace CLI {
class App;
}

namespace cli {

/// The command that stands on the command line.
struct Selected {
  std::function<Outcome()> run;
  bool json = false;
};

/// Adds every command with its options, help and examples; parsing fills `selected`, which has to
/// outlive the parsing.
void add_commands(CLI::App& app, Selected& selected);

}  // namespace cli
