#include "engine/sync/network.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/try.h"

namespace relais::engine {
namespace {

constexpr Duration kBetweenLooks(100);
constexpr Duration kLongestLimit = std::chrono::hours(24 * 365);

}  // namespace

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

Network::~Network() {
  while (!calls_.empty()) {
    cancel(calls_.begin()->first, Error(ErrorCode::closed, "The replica was closed."));
  }
}

/// The peer would end its oldest session for one more. Fails: limit_exceeded.
Status Network::check_may_call(const link::Address& with) const {
  const auto same = std::count_if(calls_.begin(), calls_.end(),
                                  [&with](const auto& call) { return call.second->with == with; });
  if (static_cast<std::size_t>(same) < limits::kSessionsAPeer) return {};
  return Error(ErrorCode::limit_exceeded,
               "Already " + std::to_string(same) +
                   " syncs with this address are running: wait until one of them has ended.",
               Retry::later);
}

void Network::sync(CallId id, const link::Address& with, Duration limit, SyncWatch watch) {
  if (Status may = check_may_call(with); !may) return watch.on_end(std::move(may).error());
  auto calling = std::make_unique<Calling>(
      Calling{with, std::move(watch), RetryPolicy(loop_.now().monotonic)});
  Calling& added = *calling;
  calls_.emplace(id, std::move(calling));
  if (limit > Duration(0)) {
    const Instant ends = loop_.now().monotonic + std::min(limit, kLongestLimit);
    added.limit = loop_.call_at(ends, [this, id] {
      cancel(id, Error(ErrorCode::timed_out, "The sync exceeded its time limit.", Retry::later));
    });
  }
  watch_progress(id, added);
  call(id, added);
}

void Network::tell_progress(CallId id) {
  const auto call = calls_.find(id);
  if (call != calls_.end()) tell_progress(id, *call->second);
}

void Network::tell_progress(CallId id, Calling& calling) {
  if (const auto now = connections_.progress(id)) {
    calling.watch.on_progress({now->received, now->to_receive, now->sent, now->to_send, false});
  } else if (calling.pause) {
    calling.watch.on_progress({0, 0, 0, 0, true});
  }
}

void Network::watch_progress(CallId id, Calling& calling) {
  tell_progress(id, calling);
  calling.look = loop_.call_at(loop_.now().monotonic + kBetweenLooks,
                               [this, id, &calling] { watch_progress(id, calling); });
}

void Network::call(CallId id, Calling& calling) {
  calling.attempt = link::tcp::connect(
      loop_.io(), calling.with, limits::kConnectTime,
      [this, id](Result<std::unique_ptr<link::Link>> link) { connected(id, std::move(link)); });
}

void Network::connected(CallId id, Result<std::unique_ptr<link::Link>> link) {
  if (!link) return sync_ended(id, std::move(link).error());
  Status begun = connections_.call(id, std::move(*link), [this, id](Result<peer::Report> result) {
    sync_ended(id, std::move(result));
  });
  if (!begun) sync_ended(id, std::move(begun).error());
}

void Network::sync_ended(CallId id, Result<peer::Report> result) {
  Calling& calling = *calls_.at(id);
  if (!result) {
    const Now now = loop_.now();
    const auto wait =
        calling.retry.next_delay(result.error(), now.monotonic, core_.environment.random);
    if (wait) {
      calling.pause = loop_.call_at(now.monotonic + *wait, [this, id, &calling] {
        calling.pause.reset();
        call(id, calling);
      });
      return;
    }
    result = calling.retry.final_error(std::move(result).error());
  }
  // Removed first: `on_end` may start the next sync.
  const auto ended = std::move(calls_.extract(id).mapped());
  ended->watch.on_end(std::move(result));
}

void Network::cancel(CallId id, Error why) {
  auto call = calls_.extract(id);
  if (call.empty()) return;
  connections_.hang_up(id);
  call.mapped()->watch.on_end(std::move(why));
}

}  // namespace relais::engine
