#include "engine/network.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"

namespace relais::engine {

/// Someone who came to us. What is declared first is destroyed last: the host outlives the peer.
struct Network::Guest {
  std::unique_ptr<SyncHost> host;
  std::unique_ptr<Meeting> meeting;
};

/// Someone we call.
struct Network::Call {
  OnSynced done;
  std::unique_ptr<link::Attempt> attempt;
  std::unique_ptr<SyncHost> host;
  std::unique_ptr<Meeting> meeting;
};

Network::Network(Core& core, runtime::AsioLoop& loop, OnVisit on_visit)
    : core_(core), loop_(loop), on_visit_(std::move(on_visit)) {}

Network::~Network() = default;

Result<std::string> Network::listen(const link::Address& at) {
  link::tcp::ListenHandler handler;
  handler.on_link = [this](std::unique_ptr<link::Link> link) { welcome(std::move(link)); };
  RELAIS_ASSIGN(auto listener, link::tcp::listen(loop_.io(), at, std::move(handler)));
  std::string address = listener->local();
  listeners_.emplace_back(address, std::move(listener));
  return address;
}

void Network::stop_listening(const std::string& address) {
  listeners_.remove_if([&](const auto& listener) { return listener.first == address; });
}

void Network::welcome(std::unique_ptr<link::Link> link) {
  auto guest = std::make_unique<Guest>();
  guest->meeting = std::make_unique<Meeting>(loop_, core_.mutex, std::move(link));
  Guest* added = guests_.emplace_back(std::move(guest)).get();
  // Refused without a word, like everyone else who doesn't get in.
  if (!begin_visit(*added)) guests_.pop_back();
}

Status Network::begin_visit(Guest& guest) {
  std::unique_ptr<peer::Peer> peer;
  {
    const std::lock_guard lock(core_.mutex);
    RELAIS_TRY(core_.check_running());
    RELAIS_ASSIGN(auto invitations, open_invitations(core_));
    RELAIS_ASSIGN(auto config, serve_config(core_, invitations));
    guest.host = std::make_unique<SyncHost>(core_, std::move(invitations));
    peer = std::make_unique<peer::Peer>(peer::Peer::serve(
        std::move(config), *guest.host, reception_, core_.environment.random, loop_.now()));
  }
  guest.meeting->start(std::move(peer), [this, &guest](Result<peer::Report> result) {
    on_visit_({std::move(result), guest.host->joined()});
    guests_.remove_if([&](const auto& other) { return other.get() == &guest; });
  });
  return {};
}

void Network::sync(const link::Address& with, OnSynced done) {
  if (call_) {
    return done(Error(ErrorCode::already_exists, "A sync is going on already.", Retry::later));
  }
  call_ = std::make_unique<Call>();
  call_->done = std::move(done);
  call_->attempt = link::tcp::connect(
      loop_.io(), with, limits::kConnectTime,
      [this](Result<std::unique_ptr<link::Link>> link) { connected(std::move(link)); });
}

void Network::connected(Result<std::unique_ptr<link::Link>> link) {
  if (!link) return call_ended(std::move(link).error());
  call_->meeting = std::make_unique<Meeting>(loop_, core_.mutex, std::move(*link));
  if (Status begun = begin_call(*call_); !begun) call_ended(std::move(begun).error());
}

Status Network::begin_call(Call& call) {
  std::unique_ptr<peer::Peer> peer;
  {
    const std::lock_guard lock(core_.mutex);
    RELAIS_TRY(core_.check_running());
    RELAIS_ASSIGN(auto config, sync_config(core_));
    call.host = std::make_unique<SyncHost>(core_, std::vector<OpenInvitation>{});
    peer = std::make_unique<peer::Peer>(
        peer::Peer::sync(std::move(config), *call.host, core_.environment.random, loop_.now()));
  }
  call.meeting->start(std::move(peer),
                      [this](Result<peer::Report> result) { call_ended(std::move(result)); });
  return {};
}

void Network::call_ended(Result<peer::Report> result) {
  // The call goes first: `done` may start the next.
  const std::unique_ptr<Call> call = std::move(call_);
  call->done(std::move(result));
}

std::optional<peer::Progress> Network::progress() {
  if (!call_ || !call_->meeting || !call_->host) return std::nullopt;
  return call_->meeting->progress();
}

}  // namespace relais::engine
