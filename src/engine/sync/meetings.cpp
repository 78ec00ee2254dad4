#include "engine/sync/meetings.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/try.h"

namespace relais::engine {

/// Someone who came to us. What is declared first is destroyed last: the host outlives the peer.
struct Meetings::Guest {
  Bytes machine;
  std::unique_ptr<SyncHost> host;
  std::unique_ptr<Meeting> meeting;
};

/// Someone we call.
struct Meetings::Call {
  OnSynced done;
  std::unique_ptr<SyncHost> host;
  std::unique_ptr<Meeting> meeting;
};

Room Room::within(std::size_t descriptors) {
  const std::size_t links =
      std::max(descriptors - std::min(limits::kReservedDescriptors, descriptors), descriptors / 2);
  Room room;
  room.porch = std::clamp<std::size_t>(links / 2, 1, room.porch);
  room.sessions.open = std::clamp<std::size_t>(links / 3, 1, room.sessions.open);
  room.sessions.waiting = std::clamp<std::size_t>(links / 12, 1, room.sessions.waiting);
  return room;
}

Meetings::Meetings(replica::Core& core, runtime::Loop& loop, OnVisit on_visit, const Room& room)
    : core_(core),
      loop_(loop),
      on_visit_(std::move(on_visit)),
      porch_(room.porch,
             std::max<std::size_t>(1, std::min(limits::kPorchPlacesPerNetwork, room.porch))),
      reception_(room.sessions) {}

Meetings::~Meetings() = default;

void Meetings::welcome(std::unique_ptr<link::Link> link) {
  const Bytes address = link->remote_address();
  const auto entered = porch_.enter(session::network_of(address), loop_.now().monotonic);
  if (entered.evicted) show_out(*entered.evicted);
  const Id id = entered.id;
  auto guest = std::make_unique<Guest>();
  guest->machine = session::machine_of(address);
  guest->meeting = std::make_unique<Meeting>(loop_, core_.mutex, std::move(link));
  Meeting& meeting = *guest->meeting;
  guests_.emplace(id, std::move(guest));
  meeting.wait({[this, id](BytesView bytes) { handle_first_bytes(id, bytes); },
                [this, id] { show_out_later(id); }});
  arm();
}

void Meetings::handle_first_bytes(Id id, BytesView bytes) {
  switch (porch_.handle_bytes(id, bytes)) {
    case session::Porch::Said::part: return;
    case session::Porch::Said::too_long: return show_out_later(id);
    case session::Porch::Said::whole:
      if (!begin_visit(id, *guests_.at(id))) show_out_later(id);
  }
}

void Meetings::show_out(Id id) {
  (void)porch_.leave(id);
  if (guests_.erase(id) == 0) return;
  on_visit_({Error(ErrorCode::handshake_failed, "Someone came and said nothing."), {}});
}

/// Not from within a handler of its link.
void Meetings::show_out_later(Id id) {
  (void)porch_.leave(id);
  loop_.post([this, id] { show_out(id); });
}

void Meetings::make_room(const Error& why) {
  for (const Id id : porch_.evict_half()) show_out(id);
  on_visit_({why, {}});
}

void Meetings::arm() {
  const auto deadline = porch_.deadline();
  if (porch_timer_ || !deadline) return;
  porch_timer_ = loop_.call_at(*deadline, [this] {
    porch_timer_.reset();
    for (const Id id : porch_.handle_timeout(loop_.now().monotonic)) show_out(id);
    arm();
  });
}

void Meetings::watch_invitations() {
  const Now now = loop_.now();
  const std::lock_guard lock(core_.mutex);
  expiry_timer_.reset();
  const auto next = replica::next_expiry(core_);
  if (!next || !*next) return;
  const Duration left((*next)->ms - now.wall.ms);
  expiry_timer_ = loop_.call_at(now.monotonic + left, [this, until = **next] {
    const auto closed = [&] {
      const std::lock_guard within(core_.mutex);
      return replica::close_expired(core_, until);
    }();
    if (closed) watch_invitations();
  });
}

Status Meetings::begin_visit(Id id, Guest& guest) {
  const Bytes first = porch_.leave(id);
  std::unique_ptr<peer::Peer> peer;
  {
    const std::lock_guard lock(core_.mutex);
    RELAIS_TRY(core_.check_running());
    RELAIS_TRY(replica::close_expired(core_, loop_.now().wall));
    RELAIS_ASSIGN(auto invitations, replica::open_invitations(core_));
    RELAIS_ASSIGN(auto config, serve_config(core_, invitations));
    RELAIS_ASSIGN(config.expired_invitations, replica::expired_secrets(core_));
    config.machine = guest.machine;
    guest.host = std::make_unique<SyncHost>(core_, std::move(invitations));
    peer = std::make_unique<peer::Peer>(
        peer::Peer::serve(config, *guest.host, reception_, core_.environment.random, loop_.now()));
  }
  guest.meeting->start(
      std::move(peer),
      [this, id, &guest](Result<peer::Report> result) {
        on_visit_({std::move(result), guest.host->joined()});
        guests_.erase(id);
      },
      first);
  return {};
}

Status Meetings::call(std::unique_ptr<link::Link> link, OnSynced done) {
  RELAIS_CHECK(call_ == nullptr);
  auto call = std::make_unique<Call>();
  call->done = std::move(done);
  call->meeting = std::make_unique<Meeting>(loop_, core_.mutex, std::move(link));
  RELAIS_ASSIGN(auto peer, begin_call(*call));
  call_ = std::move(call);
  call_->meeting->start(std::move(peer), [this](Result<peer::Report> result) {
    // The call goes first: `done` may start the next.
    const std::unique_ptr<Call> ended = std::move(call_);
    ended->done(std::move(result));
  });
  return {};
}

Result<std::unique_ptr<peer::Peer>> Meetings::begin_call(Call& call) {
  const std::lock_guard lock(core_.mutex);
  RELAIS_TRY(core_.check_running());
  RELAIS_ASSIGN(auto config, sync_config(core_));
  call.host = std::make_unique<SyncHost>(core_, std::vector<replica::OpenInvitation>{});
  return std::make_unique<peer::Peer>(
      peer::Peer::sync(std::move(config), *call.host, core_.environment.random, loop_.now()));
}

std::optional<peer::Progress> Meetings::progress() {
  if (call_ == nullptr) return std::nullopt;
  return call_->meeting->progress();
}

}  // namespace relais::engine
