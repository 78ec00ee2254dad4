#include "sync_commands.h"

#include <optional>

#include "event_loop.h"
#include "interruption.h"
#include "kept.h"
#include "progress.h"
#include "sync_report.h"

namespace cli {
namespace {

using relais::ErrorCode;
using relais::Event;
using relais::Replica;

/// Says what visitors do. Those who fail may be many, strangers who knock: they are summed up.
class Visits {
 public:
  Visits(const Replica& replica, bool json) : replica_(replica), json_(json) {}
  ~Visits() { say_failed(); }

  void synced(const relais::SyncReport& report) {
    if (json_) {
      Json object{{"event", "synced"}, {"time", iso_time_ms(now_ms())}};
      object.update(sync_json(report));
      return say_json(object);
    }
    say_line(device(report.peer) + " synced: " + sync_text(report) + '.');
  }

  void joined(const relais::DeviceId& id) {
    if (!json_) return say_line(device(id) + " joined the space.");
    say_json(
        Json{{"event", "joined"}, {"time", iso_time_ms(now_ms())}, {"device", to_hex(id.view())}});
  }

  void failed(ErrorCode code) {
    ++failed_;
    code_ = code;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kBetweenFailures;
    say_failed();
  }

 private:
  static constexpr std::chrono::seconds kBetweenFailures{10};

  std::string device(const relais::DeviceId& id) {
    return device_label(id, replica_.device_name(id));
  }
  static void say_line(const std::string& text) { say(local_time(now_ms()) + "  " + text); }

  void say_failed() {
    if (failed_ == 0) return;
    const std::uint64_t visits = std::exchange(failed_, 0);
    const std::string why(to_string(code_));
    if (json_) {
      return say_json(Json{{"event", "failed"},
                           {"time", iso_time_ms(now_ms())},
                           {"visits", visits},
                           {"error", why}});
    }
    say_line(counted(visits, "visit") + " failed (" + why + ").");
  }

  const Replica& replica_;
  bool json_;
  std::uint64_t failed_ = 0;
  ErrorCode code_ = ErrorCode::closed;
  std::chrono::steady_clock::time_point next_{};
};

void say_listening(const ServeCommand& command, const std::string& address,
                   const std::string& invitation, std::int64_t expires_ms) {
  if (command.json) {
    Json object{{"event", "listening"}, {"address", address}};
    if (command.invite) {
      object["invitation"] = invitation;
      object["expires"] = iso_time_ms(expires_ms);
    }
    return say_json(object);
  }
  if (command.invite) {
    say("One device may join with this invitation, until " + local_time(expires_ms) + ":");
    say(invitation);
  }
  say("Listening on " + address);
}

}  // namespace

Outcome ServeCommand::run() const {
  EventLoop loop;
  auto replica = Replica::open(folder, {relais::Threading::own, loop.executor()});
  if (!replica) return Fault{replica.error()};
  Visits visits(*replica, json);
  Outcome outcome;
  const auto watching = replica->observe([&](const Event& event) {
    if (event.kind == Event::Kind::device_joined) visits.joined(event.device);
    if (event.kind == Event::Kind::sync_failed) visits.failed(event.error_code);
    if (event.kind == Event::Kind::sync_finished) {
      visits.synced(event.report);
      Outcome fault = sync_fault(event.report);
      if (once) {
        outcome = std::move(fault);
        loop.stop();
      } else if (fault) {
        report_fault(*fault, json);
      }
    }
    if (event.kind == Event::Kind::stopped) {
      outcome =
          Fault{relais::Error(ErrorCode::store_failed, "The store can't be written any more.")};
      loop.stop();
    }
  });

  std::string invitation;
  const std::int64_t expires_ms = now_ms() + minutes * 60'000;
  if (invite) {
    auto made = replica->invite({std::chrono::minutes(minutes), {}});
    if (!made) return Fault{made.error()};
    invitation = std::move(*made);
  }
  const auto server = replica->listen(address);
  if (!server) return Fault{server.error()};
  say_listening(*this, server->address, invitation, expires_ms);
  loop.run();
  if (loop.signal() != 0 && !json) report_note("Stopped: what came is kept.", false);
  return outcome;
}

relais::Result<relais::SyncReport> sync_showing_progress(Replica& replica,
                                                         const std::string& address) {
  Progress progress("Syncing");
  relais::SyncOptions options;
  options.on_progress = [&](const relais::SyncProgress& now) {
    if (now.peer_is_busy) return progress.show_wait("The other device is busy, trying again");
    progress.show(now.received + now.sent, now.to_receive + now.to_send, "change");
  };
  return replica.sync(address, options);
}

Outcome SyncCommand::run() const {
  Interruption interruption(json, kept_of_sync());
  auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  const auto report = sync_showing_progress(*replica, address);
  if (!report) return Fault{report.error()};
  interruption.keeps(kept_of_sync(*report));
  if (json) {
    say_json(sync_json(*report));
  } else {
    say("Synced with " + device_label(report->peer, replica->device_name(report->peer)) + ": " +
        sync_text(*report) + ", in " + seconds_text(report->duration) + '.');
    if (report->changes_held_back != 0) {
      say(counted(report->changes_held_back, "change") +
          " held back: their author is not known here yet, or may not write there.");
    }
  }
  return sync_fault(*report);
}

}  // namespace cli
