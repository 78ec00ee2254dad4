#include "engine/meetings.h"

#include <utility>

#include "base/check.h"
#include "base/try.h"

namespace relais::engine {

/// Someone who came to us. What is declared first is destroyed last: the host outlives the peer.
struct Meetings::Guest {
  std::unique_ptr<SyncHost> host;
  std::unique_ptr<Meeting> meeting;
};

/// Someone we call.
struct Meetings::Call {
  OnSynced done;
  std::unique_ptr<SyncHost> host;
  std::unique_ptr<Meeting> meeting;
};

Meetings::Meetings(Core& core, runtime::Loop& loop, OnVisit on_visit)
    : core_(core), loop_(loop), on_visit_(std::move(on_visit)) {}

Meetings::~Meetings() = default;

void Meetings::welcome(std::unique_ptr<link::Link> link) {
  auto guest = std::make_unique<Guest>();
  guest->meeting = std::make_unique<Meeting>(loop_, core_.mutex, std::move(link));
  Guest* added = guests_.emplace_back(std::move(guest)).get();
  if (!begin_visit(*added)) guests_.pop_back();
}

Status Meetings::begin_visit(Guest& guest) {
  std::unique_ptr<peer::Peer> peer;
  {
    const std::lock_guard lock(core_.mutex);
    RELAIS_TRY(core_.check_running());
    RELAIS_ASSIGN(auto invitations, open_invitations(core_));
    RELAIS_ASSIGN(const auto config, serve_config(core_, invitations));
    guest.host = std::make_unique<SyncHost>(core_, std::move(invitations));
    peer = std::make_unique<peer::Peer>(
        peer::Peer::serve(config, *guest.host, reception_, core_.environment.random, loop_.now()));
  }
  guest.meeting->start(std::move(peer), [this, &guest](Result<peer::Report> result) {
    on_visit_({std::move(result), guest.host->joined()});
    guests_.remove_if([&](const auto& other) { return other.get() == &guest; });
  });
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
  call.host = std::make_unique<SyncHost>(core_, std::vector<OpenInvitation>{});
  return std::make_unique<peer::Peer>(
      peer::Peer::sync(std::move(config), *call.host, core_.environment.random, loop_.now()));
}

std::optional<peer::Progress> Meetings::progress() {
  if (call_ == nullptr) return std::nullopt;
  return call_->meeting->progress();
}

}  // namespace relais::engine
