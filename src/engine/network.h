#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "engine/meetings.h"
#include "engine/runtime/asio_loop.h"
#include "link/tcp/tcp.h"

namespace relais::engine {

/// The TCP links of one replica: those it listens for, and those it opens.
/// Threads: its loop's.
class Network {
 public:
  Network(Core& core, runtime::AsioLoop& loop, Meetings::OnVisit on_visit);

  /// Listens until `stop_listening`. Gives the real address.
  Result<std::string> listen(const link::Address& at);
  void stop_listening(const std::string& address);

  /// Meets the member at an address; `done` runs once.
  void sync(const link::Address& with, Meetings::OnSynced done);
  std::optional<peer::Progress> progress() { return meetings_.progress(); }

 private:
  void connected(Result<std::unique_ptr<link::Link>> link);
  void sync_ended(Result<peer::Report> result);

  runtime::AsioLoop& loop_;
  Meetings meetings_;
  std::list<std::pair<std::string, std::unique_ptr<link::Listener>>> listeners_;
  Meetings::OnSynced on_synced_;  ///< while we call
  std::unique_ptr<link::Attempt> attempt_;
};

}  // namespace relais::engine
