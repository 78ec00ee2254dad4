#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "engine/core.h"
#include "engine/meeting.h"
#include "engine/runtime/asio_loop.h"
#include "engine/sync_host.h"
#include "link/tcp/tcp.h"
#include "session/reception.h"

namespace relais::engine {

/// What came of a meeting with someone who came to us.
struct Visit {
  Result<peer::Report> result;
  std::optional<DeviceId> joined;
};

/// The links of one replica: those it listens for, and those it opens.
/// Threads: its loop's, unless it says otherwise.
class Network {
 public:
  using OnVisit = std::function<void(const Visit&)>;

  Network(Core& core, runtime::AsioLoop& loop, OnVisit on_visit);
  ~Network();

  /// Listens until `stop_listening`. Gives the real address.
  Result<std::string> listen(const link::Address& at);
  void stop_listening(const std::string& address);

  using OnSynced = std::function<void(Result<peer::Report>)>;
  /// Meets the member at an address; `done` runs once.
  void sync(const link::Address& with, OnSynced done);
  std::optional<peer::Progress> progress();

 private:
  struct Guest;
  struct Call;

  void welcome(std::unique_ptr<link::Link> link);
  Status begin_visit(Guest& guest);
  Status begin_call(Call& call);
  void connected(Result<std::unique_ptr<link::Link>> link);
  void call_ended(Result<peer::Report> result);

  Core& core_;
  runtime::AsioLoop& loop_;
  OnVisit on_visit_;
  session::Reception reception_;
  std::list<std::pair<std::string, std::unique_ptr<link::Listener>>> listeners_;
  std::list<std::unique_ptr<Guest>> guests_;
  std::unique_ptr<Call> call_;
};

}  // namespace relais::engine
