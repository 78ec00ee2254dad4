#include "engine/sync/network.h"

#include <utility>

#include "base/limits.h"
#include "base/try.h"

namespace relais::engine {

Network::Network(replica::Core& core, runtime::AsioLoop& loop,
                 ConnectionManager::OnInbound on_inbound)
    : core_(core),
      loop_(loop),
      connections_(core, loop, std::move(on_inbound),
                   ConnectionLimits::within(link::tcp::descriptor_limit())) {}

Result<std::string> Network::listen(const link::Address& at) {
  link::tcp::ListenHandler handler;
  handler.on_link = [this](std::unique_ptr<link::Link> link) {
    connections_.accept(std::move(link));
  };
  handler.on_trouble = [this](const Error& why) { connections_.shed_load(why); };
  RELAIS_ASSIGN(auto listener, link::tcp::listen(loop_.io(), at, std::move(handler)));
  std::string address = listener->local();
  listeners_.emplace_back(address, std::move(listener));
  return address;
}

void Network::stop_listening(const std::string& address) {
  listeners_.remove_if([&](const auto& listener) { return listener.first == address; });
}

void Network::sync(const link::Address& with, ConnectionManager::OnSynced done) {
  if (calling_) {
    return done(Error(ErrorCode::already_exists, "A sync is going on already.", Retry::later));
  }
  calling_.reset(new Calling{with, std::move(done), RetryPolicy(loop_.now().monotonic), {}, {}});
  call();
}

void Network::call() {
  calling_->attempt = link::tcp::connect(
      loop_.io(), calling_->with, limits::kConnectTime,
      [this](Result<std::unique_ptr<link::Link>> link) { connected(std::move(link)); });
}

void Network::connected(Result<std::unique_ptr<link::Link>> link) {
  if (!link) return sync_ended(std::move(link).error());
  Status begun = connections_.call(
      std::move(*link), [this](Result<peer::Report> result) { sync_ended(std::move(result)); });
  if (!begun) sync_ended(std::move(begun).error());
}

void Network::sync_ended(Result<peer::Report> result) {
  if (!result) {
    const Now now = loop_.now();
    const auto wait =
        calling_->tries.again(result.error(), now.monotonic, core_.environment.random);
    if (wait) {
      calling_->pause = loop_.call_at(now.monotonic + *wait, [this] {
        calling_->pause.reset();
        call();
      });
      return;
    }
    result = calling_->tries.last(std::move(result).error());
  }
  // `done` may start the next.
  const auto ended = std::exchange(calling_, nullptr);
  ended->done(std::move(result));
}

}  // namespace relais::engine
