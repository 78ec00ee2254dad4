#include "sync_report.h"

namespace cli {

Json sync_json(const relais::SyncReport& report) {
  Json object{{"peer", to_hex(report.peer.view())},
              {"round_trips", report.round_trips},
              {"handshake_bytes", report.handshake_bytes},
              {"bytes_sent", report.bytes_sent},
              {"bytes_received", report.bytes_received},
              {"segments_sent", report.segments_sent},
              {"segments_received", report.segments_received},
              {"changes_sent", report.changes_sent},
              {"changes_received", report.changes_received},
              {"duration_ms", report.duration.count()},
              {"in_sync", report.in_sync}};
  if (report.itself) object["itself"] = true;
  if (report.changes_held_back != 0) object["changes_held_back"] = report.changes_held_back;
  if (report.forked_logs != 0) object["forked_logs"] = report.forked_logs;
  if (report.mismatched_logs != 0) object["mismatched_logs"] = report.mismatched_logs;
  return object;
}

std::string sync_text(const relais::SyncReport& report) {
  return counted(report.changes_received, "change") + " received, " +
         std::to_string(report.changes_sent) + " sent; " +
         bytes_text(report.handshake_bytes + report.bytes_sent + report.bytes_received) + " in " +
         counted(report.round_trips, "round trip") +
         (report.in_sync ? "; both hold the same now" : "; not the same yet") +
         (report.itself ? "; it is this device itself, or a copy of its folder" : "");
}

Outcome sync_fault(const relais::SyncReport& report) {
  using relais::Error;
  using relais::ErrorCode;
  if (report.forked_logs != 0) {
    return Fault{
        Error(ErrorCode::forked, "A device has written two histories of its log: " +
                                     counted(report.forked_logs, "log") +
                                     " can't be taken further."),
        kExitFailed,
        "Was a device's folder copied or restored? Once it is proven, `relais status` names "
        "the device: let it join again as a new device, and write again what is left out."};
  }
  if (report.mismatched_logs != 0) {
    return Fault{Error(ErrorCode::corrupt, "The devices don't agree about " +
                                               counted(report.mismatched_logs, "log") + '.'),
                 kExitFailed, "Run `relais verify` on both."};
  }
  if (report.in_sync) return {};
  return Fault{Error(ErrorCode::session_closed, "The devices don't hold the same yet."),
               kExitFailed, "Run the command again; if it stays so, `relais status` on both."};
}

}  // namespace cli
