#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "engine/meeting.h"
#include "engine/sync_host.h"
#include "session/reception.h"

namespace relais::engine {

/// What came of a meeting with someone who came to us.
struct Visit {
  Result<peer::Report> result;
  std::optional<DeviceId> joined;
};

/// The meetings of one replica, over links that someone else opens: any number with who comes to
/// us, and one with whom we call. Threads: the loop's, unless it says otherwise.
class Meetings {
 public:
  using OnVisit = std::function<void(const Visit&)>;
  using OnSynced = std::function<void(Result<peer::Report>)>;

  Meetings(Core& core, runtime::Loop& loop, OnVisit on_visit);
  ~Meetings();

  /// Someone came. Who doesn't get in is refused without a word.
  void welcome(std::unique_ptr<link::Link> link);
  /// We came to a member, and are in no other call; `done` runs once, from the loop.
  /// Fails: as sync_config; closed. Then `done` doesn't run.
  Status call(std::unique_ptr<link::Link> link, OnSynced done);
  /// Of the call; nothing if there is none.
  std::optional<peer::Progress> progress();

 private:
  struct Guest;
  struct Call;

  Status begin_visit(Guest& guest);
  Result<std::unique_ptr<peer::Peer>> begin_call(Call& call);

  Core& core_;
  runtime::Loop& loop_;
  OnVisit on_visit_;
  session::Reception reception_;
  std::list<std::unique_ptr<Guest>> guests_;
  std::unique_ptr<Call> call_;
};

}  // namespace relais::engine
