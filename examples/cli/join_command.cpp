#include <optional>

#include "files.h"
#include "interruption.h"
#include "kept.h"
#include "report.h"
#include "secrets.h"
#include "set_aside.h"
#include "space_commands.h"
#include "sync_commands.h"
#include "sync_report.h"

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;
using relais::Replica;

Json joined_json(const JoinCommand& command, const relais::StatusReport& status) {
  return Json{{"space", to_hex(status.space.view())},
              {"device", to_hex(status.device.view())},
              {"device_name", command.device},
              {"level", to_string(status.level)},
              {"members", status.members.size()}};
}

std::string joined_text(const JoinCommand& command, const relais::StatusReport& status) {
  return device_label(status.device, command.device) + ", " + std::string(to_string(status.level)) +
         ". The space has " + counted(status.members.size(), "device") + " now.";
}

/// What is in the way may be a store that can't be opened.
Error said_better(const std::string& folder, const Error& error) {
  if (error.code() != ErrorCode::already_exists) return error;
  const auto there = Replica::open(folder);
  const bool damaged = !there && there.error().code() == ErrorCode::store_corrupt;
  return damaged ? there.error() : error;
}

Fault join_fault(const Error& error) {
  if (error.code() != ErrorCode::handshake_failed) return fault_of(error);
  return Fault{error, kExitFailed,
               "Is that the address of the device that made the invitation? If it is, let that "
               "device make a new one."};
}

Outcome join_new(const JoinCommand& command, const std::string& invitation,
                 Interruption& interruption) {
  const auto replica = Replica::join(command.folder, invitation, command.address, {command.device});
  if (!replica) return join_fault(said_better(command.folder, replica.error()));
  interruption.keeps(kept_of_joined());
  const auto status = replica->status();
  if (!status) return Fault{status.error()};
  if (command.json) {
    say_json(joined_json(command, *status));
    return {};
  }
  say("This device has joined: " + joined_text(command, *status));
  say("");
  say("Next: relais sync " + command.folder + " --with " + command.address +
      "    to fetch the documents");
  return {};
}

/// A store makes way only if it can't be opened for what is in it.
Outcome check_damaged(const std::string& folder) {
  const auto there = Replica::open(folder);
  if (there) {
    return Fault{
        Error(ErrorCode::already_exists, "The store at " + folder + " can be opened: it stays."),
        kExitFailed, "`relais verify` checks it, and `relais sync` fetches what others hold."};
  }
  if (there.error().code() == ErrorCode::store_corrupt) return {};
  const bool begun = there.error().code() == ErrorCode::closed;
  return Fault{there.error(), kExitFailed,
               begun ? "It isn't damaged: run the command again without --set-aside." : ""};
}

/// Joins there, or goes on with what an earlier run joined.
relais::Result<Replica> member_at(const std::string& folder, const JoinCommand& command,
                                  const std::string& invitation) {
  auto joined = Replica::join(folder, invitation, command.address, {command.device});
  if (joined || joined.error().code() != ErrorCode::already_exists) return joined;
  auto before = Replica::open(folder);
  const bool no_store = !before && before.error().code() == ErrorCode::store_missing;
  return no_store ? std::move(joined) : std::move(before);
}

void say_rejoined(const JoinCommand& command, const relais::StatusReport& status,
                  const relais::SyncReport& synced, const std::string& aside) {
  if (command.json) {
    Json object = joined_json(command, status);
    object["sync"] = sync_json(synced);
    if (!aside.empty()) object["set_aside"] = aside;
    return say_json(object);
  }
  say((aside.empty() ? "This device has joined: " : "This device has joined again: ") +
      joined_text(command, status));
  say("Documents fetched: " + sync_text(synced) + '.');
  if (aside.empty()) return;
  say("");
  say("The damaged store is kept in " + aside + '.');
  say("What this device wrote and never synced is only there.");
}

/// Not cut by a signal: the new store is in its place, or it isn't, and that is said.
relais::Result<std::string> finish_replacing(const Replacement& replacement,
                                             const relais::SyncReport& synced,
                                             Interruption& interruption) {
  const Uncut held = uncut();
  auto aside = replacement.finish();
  if (aside) interruption.keeps(kept_of_joined(synced));
  return aside;
}

/// The new store takes the damaged one's place when it holds what the other device holds; until
/// then the same command goes on with it.
Outcome join_in_place(const JoinCommand& command, const std::string& invitation,
                      Interruption& interruption) {
  const Replacement replacement(command.folder);
  if (exists(command.folder)) {
    if (Outcome fault = check_damaged(command.folder)) return fault;
  }
  std::optional<relais::Result<Replica>> replica(
      member_at(replacement.unfinished(), command, invitation));
  if (!*replica) return join_fault(replica->error());
  const auto synced = sync_showing_progress(**replica, command.address);
  if (!synced) return Fault{synced.error()};
  const auto status = (*replica)->status();
  if (!status) return Fault{status.error()};
  replica.reset();  // closed, as what is renamed has to be
  const auto aside = finish_replacing(replacement, *synced, interruption);
  if (!aside) return Fault{aside.error()};
  say_rejoined(command, *status, *synced, *aside);
  return sync_fault(*synced);
}

}  // namespace

Outcome JoinCommand::run() const {
  Interruption interruption(json, kept_of_join(set_aside));
  const auto text = read_invitation(invitation, invitation_file);
  if (!text) return fault_of(text.error());
  return set_aside ? join_in_place(*this, *text, interruption)
                   : join_new(*this, *text, interruption);
}

}  // namespace cli
