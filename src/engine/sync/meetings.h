#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "engine/sync/meeting.h"
#include "engine/sync/sync_host.h"
#include "session/porch.h"
#include "session/reception.h"

namespace relais::engine {

/// What came of a meeting with someone who came to us.
struct Visit {
  Result<peer::Report> result;
  std::optional<DeviceId> joined;
};

/// How many may be with us at once, at each stage.
struct Room {
  std::size_t porch = limits::kPorchPlaces;
  session::Reception::Room sessions{};
  /// So that links leave limits::kReservedDescriptors, or half of few, to the store and the host.
  static Room within(std::size_t descriptors);
};

/// The meetings of one replica, over links that someone else opens: any number with who comes to
/// us, and one with whom we call. Threads: the loop's, unless it says otherwise.
class Meetings {
 public:
  using OnVisit = std::function<void(const Visit&)>;
  using OnSynced = std::function<void(Result<peer::Report>)>;

  Meetings(replica::Core& core, runtime::Loop& loop, OnVisit on_visit, const Room& room = Room{});
  ~Meetings();

  /// Someone came. Who doesn't say a first message under one of our keys is shown out without a
  /// word, and leaves nothing behind.
  void welcome(std::unique_ptr<link::Link> link);
  /// Links have become scarce: half of those who have said nothing yet go, and it is reported.
  void make_room(const Error& why);
  /// To be called at the beginning, and after an invitation was made: it ends when its time is
  /// over, however the wall clock is set meanwhile.
  void watch_invitations();
  /// We came to a member, and are in no other call; `done` runs once, from the loop.
  /// Fails: as sync_config; closed. Then `done` doesn't run.
  Status call(std::unique_ptr<link::Link> link, OnSynced done);
  /// Of the call; nothing if there is none.
  std::optional<peer::Progress> progress();

 private:
  using Id = session::Porch::Id;
  struct Guest;
  struct Call;

  void handle_first_bytes(Id id, BytesView bytes);
  void show_out(Id id);
  void show_out_later(Id id);
  void arm();
  Status begin_visit(Id id, Guest& guest);
  Result<std::unique_ptr<peer::Peer>> begin_call(Call& call);

  replica::Core& core_;
  runtime::Loop& loop_;
  OnVisit on_visit_;
  session::Porch porch_;
  session::Reception reception_;
  std::map<Id, std::unique_ptr<Guest>> guests_;
  std::unique_ptr<runtime::Loop::Timer> porch_timer_;
  std::unique_ptr<runtime::Loop::Timer> expiry_timer_;
  std::unique_ptr<Call> call_;
};

}  // namespace relais::engine
