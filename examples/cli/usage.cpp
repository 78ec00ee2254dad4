#include "usage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "invitation_text.h"
#include "suggestion.h"

namespace cli {
namespace {

constexpr const char* kListed = "`relais --help` lists the commands.";

std::string marked(std::string_view word) { return '`' + std::string(word) + '`'; }

std::string did_you_mean(const std::string& word) {
  return word.empty() ? "" : " Did you mean " + marked(word) + '?';
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool is_option(std::string_view word) { return word.starts_with('-') && word != "-"; }

/// Which option isn't there; empty if all are.
std::string unknown_option(const std::vector<std::string>& remaining) {
  const auto found = std::find_if(remaining.begin(), remaining.end(), is_option);
  return found == remaining.end() ? "" : found->substr(0, found->find('='));
}

std::string wrong_option(const std::string& where, const std::string& option,
                         const std::vector<std::string>& known) {
  return marked(where) + " has no option " +
         (holds_invitation(option) ? "of that name" : marked(option)) + '.' +
         did_you_mean(closest(option, known));
}

std::string wrong_option_of_all(const CLI::App& app, const std::string& option) {
  for (const CLI::App* chosen : app.get_subcommands()) {
    const std::vector<std::string> known = options_of(*chosen);
    if (std::find(known.begin(), known.end(), option) == known.end()) continue;
    return marked(option) + " stands behind the command: " +
           marked("relais " + chosen->get_name() + " ... " + option) + '.';
  }
  return wrong_option("relais", option, options_of(app));
}

std::string no_such_command(const CLI::App& app, const std::string& word) {
  if (holds_invitation(word)) {
    return "An invitation stands where a command belongs. Did you mean `join`?";
  }
  return "There is no command " + marked(word) + '.' +
         did_you_mean(command_for(word, commands_of(app)));
}

std::string wrong_command(const CLI::App& app) {
  const std::vector<std::string> remaining = app.remaining();
  const std::string option = unknown_option(remaining);
  if (!option.empty()) return wrong_option_of_all(app, option);
  return remaining.empty() ? "No command is given." : no_such_command(app, remaining.front());
}

/// The option and the rest of what CLI11 says: "--at: ..." or "DIR is required".
struct Said {
  std::string option;
  std::string rest;
};

Said split(const CLI::ParseError& parsing, std::string_view between) {
  const std::string said = parsing.what();
  const std::size_t at = said.find(between);
  if (at == std::string::npos) return {said, ""};
  return {said.substr(0, at), said.substr(at + between.size())};
}

template <class Error>
bool is(const CLI::ParseError& parsing) {
  return dynamic_cast<const Error*>(&parsing) != nullptr;
}

std::string wrong_use(const CLI::ParseError& parsing) {
  if (is<CLI::RequiredError>(parsing)) {
    return split(parsing, " is required").option + " is missing.";
  }
  if (is<CLI::ConversionError>(parsing)) return "The value of an option is wrong.";
  if (is<CLI::ValidationError>(parsing)) {
    const Said said = split(parsing, ": ");
    return "The value of " + said.option + " is wrong: " + said.rest + '.';
  }
  if (is<CLI::ExcludesError>(parsing)) {
    const Said said = split(parsing, " excludes ");
    return said.option + " and " + said.rest + " can't stand together.";
  }
  if (is<CLI::RequiresError>(parsing)) {
    const Said said = split(parsing, " requires ");
    return said.option + " needs " + said.rest + " too.";
  }
  if (is<CLI::ArgumentMismatch>(parsing)) {
    const Said said = split(parsing, ": ");
    const bool twice = said.rest.starts_with("At Most");
    return said.option + (twice ? " can stand only once." : " needs a value.");
  }
  return "The command line can't be read.";
}

std::string wrong_in(const CLI::App& command, const CLI::ParseError& parsing) {
  const std::string name = "relais " + command.get_name();
  const std::vector<std::string> remaining = command.remaining();
  const std::string option = unknown_option(remaining);
  if (!option.empty()) return wrong_option(name, option, options_of(command));
  if (is<CLI::ExtrasError>(parsing)) return marked(name) + " takes fewer arguments.";
  return wrong_use(parsing);
}

}  // namespace

Outcome wrong_command_of(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> known = commands_of(app);
  const bool is_known = std::find(known.begin(), known.end(), word) != known.end();
  if (is_known || is_option(word)) return {};
  return usage_fault(relais::Error(relais::ErrorCode::invalid_argument, no_such_command(app, word)),
                     kListed);
}

Fault usage_fault_of(const CLI::App& app, const CLI::ParseError& parsing) {
  const auto chosen = app.get_subcommands();
  const bool none = chosen.empty() || app.remaining_size() > 0;
  const std::string message = none ? wrong_command(app) : wrong_in(*chosen.front(), parsing);
  return usage_fault(
      relais::Error(relais::ErrorCode::invalid_argument, message),
      none ? kListed
           : "`relais " + chosen.front()->get_name() + " --help` shows how it is written.");
}

}  // namespace cli
