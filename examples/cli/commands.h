#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "command_line.h"
#include "files.h"
#include "invitation_text.h"
#include "moment.h"

/// How a command is put on the command line, and the options that several commands have.
namespace cli {

inline std::string check_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if (digits && std::stoul(port) <= 65535) return {};
  return "an address is HOST:PORT, like 10.0.0.5:7400, with a port from 0 to 65535";
}

inline std::string check_not_empty(const std::string& text) {
  return text.empty() ? "a name is missing" : "";
}

inline std::string check_folder(const std::string& text) {
  return text.empty() ? "the name of a folder is missing" : "";
}

inline std::string check_file(const std::string& text) {
  return text.empty() ? "the name of a file is missing" : "";
}

inline bool is_number(const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number >= least && number <= most;
}

/// A whole number from `least` to `most`.
inline std::function<std::string(const std::string&)> check_number(std::uint64_t least,
                                                                   std::uint64_t most) {
  return [least, most](const std::string& text) -> std::string {
    if (is_number(text, least, most)) return {};
    return "it is a number from " + std::to_string(least) + " to " + std::to_string(most);
  };
}

template <class T>
CLI::Option* add_required(CLI::App& app, const char* option, T& into, const char* about) {
  return app.add_option(option, into, about)->required();
}

inline void add_name(CLI::App& app, const char* option, std::string& into, const char* about) {
  add_required(app, option, into, about)->check(check_not_empty);
}

inline void add_address(CLI::App& app, const char* option, std::string& into, const char* about) {
  add_required(app, option, into, about)->check(check_address);
}

/// One that may be repeated: what follows its value is not taken for another.
inline void add_repeated(CLI::App& app, const char* option, std::vector<std::string>& into,
                         const char* about) {
  app.add_option(option, into, about)->allow_extra_args(false);
}

inline CLI::Option* add_moment(CLI::App& app, const char* option, std::string& into,
                               const char* about) {
  return app.add_option(option, into, about)->check(check_moment);
}

inline CLI::Option* add_minutes(CLI::App& app, std::int64_t& minutes) {
  constexpr std::uint64_t kYear = std::uint64_t{366} * 24 * 60;
  return app.add_option("--minutes", minutes, "How long the invitation is valid")
      ->check(check_number(1, kYear))
      ->capture_default_str();
}

inline std::string check_colour(const std::string& text) {
  const bool known = text == "auto" || text == "always" || text == "never";
  return known ? "" : "it is auto, always or never";
}

inline void add_colour(CLI::App& app, std::string& into) {
  app.add_option("--color", into,
                 "auto, always or never; auto: on a terminal, unless NO_COLOR is set")
      ->check(check_colour);
}

/// An invitation that stands in the place of a folder, a file or a name: errors repeat those.
template <class Command>
Outcome check_no_invitation(const Command& command) {
  bool found = false;
  if constexpr (requires { command.folder; }) found |= is_path_with_invitation(command.folder);
  if constexpr (requires { command.file; }) found |= is_path_with_invitation(command.file);
  if constexpr (requires { command.out; }) found |= is_path_with_invitation(command.out);
  if constexpr (requires { command.device; }) found |= holds_invitation(command.device);
  if constexpr (requires { command.space; }) found |= holds_invitation(command.space);
  if (!found) return {};
  return usage_fault(relais::Error(relais::ErrorCode::invalid_argument,
                                   "An invitation stands in the place of a folder, a file or a "
                                   "name."),
                     "`relais join DIR` takes an invitation, and no other command does.");
}

/// A store's folder belongs to the store alone.
template <class Command>
Outcome check_outside_stores(const Command& command) {
  const char* what = nullptr;
  if constexpr (requires { command.out; }) {
    const bool to_file = !command.out.empty() && command.out != "-";
    if (to_file && is_in_a_store(command.out)) what = "file";
  }
  if constexpr (requires { Command::kMakesStore; }) {
    if (is_in_a_store(command.folder)) what = "new store";
  }
  if (what == nullptr) return {};
  return usage_fault(relais::Error(
      relais::ErrorCode::invalid_argument,
      std::string("The ") + what + " would be in the folder of a store: name another place."));
}

/// Whether the command writes to a store, and then says what it wrote.
template <class Command>
constexpr bool writes_and_tells() {
  return requires(Command command) { command.user; }
  || requires { Command::kWrites; };
}

/// Runs a command whose arguments can be.
template <class Command>
Outcome run_command(const Command& command, bool json) {
  if (Outcome fault = check_no_invitation(command)) return fault;
  if (Outcome fault = check_outside_stores(command)) return fault;
  // Who reads the output may be gone: that is a fault that can be told.
  if constexpr (writes_and_tells<Command>()) std::signal(SIGPIPE, SIG_IGN);
  if constexpr (requires { command.folder; }) {
    const WatchedFolder folder(command.folder, json);
    return command.run();
  } else {
    return command.run();
  }
}

/// What a command's help says, before and after its options.
struct Help {
  const char* about;
  const char* examples;
};

class Commands {
 public:
  Commands(CLI::App& app, Selected& selected) : app_(app), selected_(selected) {}

  /// What the next commands stand under in the help.
  void begin_group(const char* title) { group_ = title; }

  /// Adds a command. What several commands take is known by the member that holds it;
  /// `own(app, command)` adds what this one alone takes.
  template <class Command, class Own>
  void add(const char* name, const Help& help, Own&& own) {
    CLI::App& sub = *app_.add_subcommand(name, help.about);
    sub.group(group_);
    sub.footer(std::string("Examples:\n") + help.examples);
    auto command = std::make_shared<Command>();
    if constexpr (requires { command->folder; }) {
      add_required(sub, "DIR", command->folder, "The folder of this device's copy")
          ->check(check_folder);
    }
    if constexpr (requires { command->document; }) {
      add_required(sub, "DOCUMENT", command->document, "COLLECTION/ID or SCOPE/COLLECTION/ID");
    }
    own(sub, *command);
    if constexpr (requires { command->user; }) {
      sub.add_option("--user", command->user, "Who is at the device: shown with what is written")
          ->check(check_not_empty);
    }
    if constexpr (requires { command->out; }) {
      sub.add_option("--out", command->out, "A file; without it, standard output")
          ->check(check_file);
    }
    if constexpr (requires { command->json; }) {
      sub.add_flag("--json", command->json, "Report as JSON, for programs; errors too");
    }
    add_colour(sub, selected_.colour);
    sub.callback([command, &selected = selected_] {
      if constexpr (requires { command->json; }) selected.json = command->json;
      selected.writes = writes_and_tells<Command>();
      selected.run = [command, json = selected.json] { return run_command(*command, json); };
    });
  }

  /// A command that takes nothing of its own.
  template <class Command>
  void add(const char* name, const Help& help) {
    add<Command>(name, help, [](CLI::App&, Command&) {});
  }

 private:
  CLI::App& app_;
  Selected& selected_;
  std::string group_;
};

}  // namespace cli
