#include <algorithm>
#include <sstream>

#include "assignment.h"
#include "data_commands.h"
#include "document_name.h"
#include "report.h"
#include "with_document.h"

/// `undo`, `void` and `resolve`: edits of what is there.
namespace cli {
namespace {

using relais::DocumentId;
using relais::Error;
using relais::ErrorCode;
using relais::Replica;
using relais::Status;
using relais::Transaction;
using relais::Version;
using Conflicts = std::vector<relais::ConflictView>;

/// One that says where to look when there was nothing to do it to.
Fault fault_at(Error error, const std::string& path, std::string advice) {
  const bool nothing_there = error.code() == ErrorCode::not_found;
  Fault fault = edit_fault(at_path(std::move(error), path));
  if (nothing_there) fault.advice = std::move(advice);
  return fault;
}

/// The version in conflict that has a value. Values are compared as they are shown: 38 is not 38.0.
relais::Result<Version> version_with(const Conflicts& conflicts, const std::string& path,
                                     const std::string& value) {
  const Json wanted = Json::parse(value, nullptr, false);
  if (wanted.is_discarded()) return Error(ErrorCode::bad_input, "The value is no JSON.");
  bool in_conflict = false;
  for (const relais::ConflictView& conflict : conflicts) {
    if (conflict.path != path) continue;
    in_conflict = true;
    for (const Version& version : conflict.versions) {
      if (value_json(version.value).dump() == wanted.dump()) return version;
    }
  }
  return Error(ErrorCode::not_found,
               in_conflict ? "No version has this value." : "Nothing is in conflict there.");
}

Status settle(Replica& replica, const DocumentId& name, const Conflicts& conflicts,
              const ResolveCommand& command) {
  if (command.keep) {
    return write_as(replica, command.user,
                    [&](Transaction& edit) { return edit.keep(name, command.path); });
  }
  const auto version = version_with(conflicts, command.path, command.value);
  if (!version) return version.error();
  return write_as(replica, command.user,
                  [&](Transaction& edit) { return edit.resolve(name, command.path, *version); });
}

}  // namespace

Outcome UndoCommand::run() const {
  return with_document(
      folder, document, [this](Replica& replica, const DocumentId& name) -> Outcome {
        const Status undone =
            write_as(replica, user, [&](Transaction& edit) { return edit.undo(name); });
        if (!undone) {
          return fault_at(
              undone.error(), to_text(name),
              "`relais undo` takes back only this device's own last change, and only what nobody "
              "has overwritten. `relais get DIR DOCUMENT --history` shows who changed what; "
              "`relais put` writes it anew.");
        }
        report(json, Json{{"document", to_text(name)}},
               to_text(name) + ": this device's last change is taken back.");
        return {};
      });
}

namespace {

/// An element that is gone has no index any more.
bool has_index(const std::string& path) {
  std::istringstream steps(path);
  for (std::string step; std::getline(steps, step, '/');) {
    const bool digits = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
    if (digits) return true;
  }
  return false;
}

}  // namespace

Outcome VoidCommand::run() const {
  return with_document(
      folder, document, [this](Replica& replica, const DocumentId& name) -> Outcome {
        const Status gone = write_as(
            replica, user, [&](Transaction& edit) { return edit.make_void(name, path, reason); });
        if (!gone) {
          return fault_at(gone.error(), path, "`relais get DIR DOCUMENT` shows what is there.");
        }
        report(json, Json{{"document", to_text(name)}, {"path", path}},
               to_text(name) + ": " + (path.empty() ? "all of it" : path) +
                   " is void. `relais restore` brings it back" +
                   (has_index(path) ? " by the path that `relais get` shows it with now." : "."));
        return {};
      });
}

Outcome RestoreCommand::run() const {
  return with_document(
      folder, document, [this](Replica& replica, const DocumentId& name) -> Outcome {
        const Status back =
            write_as(replica, user, [&](Transaction& edit) { return edit.restore(name, path); });
        if (!back) {
          return fault_at(back.error(), path,
                          "`relais get DIR DOCUMENT --history` shows what was deleted, and when.");
        }
        report(json, Json{{"document", to_text(name)}, {"path", path}},
               to_text(name) + ": " + (path.empty() ? "all of it" : path) + " is there again.");
        return {};
      });
}

Outcome ResolveCommand::run() const {
  if (!keep && value.empty()) {
    return usage_fault(Error(ErrorCode::invalid_argument,
                             "Which value is right? VALUE names it; --keep takes what is shown."));
  }
  return with_document(
      folder, document, [this](Replica& replica, const DocumentId& name) -> Outcome {
        const auto before = replica.conflicts_of(name);
        if (!before) return Fault{before.error()};
        if (const Status settled = settle(replica, name, *before, *this); !settled) {
          return fault_at(settled.error(), path,
                          "`relais conflicts DIR` lists the fields in conflict with their values; "
                          "`relais put` writes any other value.");
        }
        const auto left = replica.conflicts_of(name);
        if (!left) return Fault{left.error()};
        const std::size_t settled = before->size() - std::min(before->size(), left->size());
        report(json, Json{{"document", to_text(name)}, {"settled", settled}},
               to_text(name) + ": " + counted(settled, "conflict") + " settled.");
        return {};
      });
}

}  // namespace cli
