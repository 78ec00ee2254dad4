#pragma once

#include <string>

#include "outcome.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace cli {

/// If the first word belongs to a command and is none; no fault otherwise.
Outcome wrong_command_of(const CLI::App& app, const std::string& word);

/// What is wrong with the command line, in a sentence, with what was meant if that can be guessed,
/// and where the help is. No value of an argument is repeated: it may be a secret.
Fault usage_fault_of(const CLI::App& app, const CLI::ParseError& parsing);

}  // namespace cli
