#include "engine/sync/sync_connection.h"

#include <utility>

#include "base/limits.h"

namespace relais::engine {

SyncConnection::SyncConnection(runtime::Loop& loop, std::mutex& guard,
                               std::unique_ptr<link::Link> link)
    : loop_(loop), guard_(guard), link_(std::move(link)) {}

SyncConnection::~SyncConnection() {
  link_.reset();
  timer_.reset();
  const std::lock_guard lock(guard_);
  peer_.reset();
}

void SyncConnection::wait(Before before) {
  before_ = std::move(before);
  open();
}

void SyncConnection::open() {
  link_->start({
      [this](BytesView bytes) {
        if (peer_ == nullptr) return before_.on_bytes(bytes);
        with_peer([&](peer::Peer& other, Now now) { other.handle_bytes(bytes, now); });
      },
      [this](std::size_t bytes) {
        unwritten_ -= bytes;
        with_peer([&](peer::Peer& other, Now now) { other.handle_written(bytes, now); });
      },
      [this](const Status&) {
        link_closed_ = true;
        if (peer_ == nullptr) return before_.on_closed();
        with_peer([](peer::Peer& other, Now now) { other.handle_link_closed(now); });
      },
  });
}

void SyncConnection::start(std::unique_ptr<peer::Peer> peer, Done done, BytesView first) {
  const bool opened = before_.on_bytes != nullptr;
  peer_ = std::move(peer);
  done_ = std::move(done);
  if (!opened) open();
  with_peer([&](peer::Peer& other, Now now) {
    if (!first.empty()) other.handle_bytes(first, now);
  });
}

template <class Action>
void SyncConnection::with_peer(Action&& action) {
  {
    const std::lock_guard lock(guard_);
    action(*peer_, loop_.now());
  }
  pump();
}

void SyncConnection::pump() {
  bool finished = false;
  while (true) {
    Bytes bytes;
    {
      const std::lock_guard lock(guard_);
      bytes = peer_->poll_transmit(loop_.now());
      finished = peer_->finished();
      established_ = peer_->was_established();
    }
    if (bytes.empty()) break;
    unwritten_ += bytes.size();
    link_->write(std::move(bytes));
  }
  if (finished || link_closed_) return finish();
  arm();
}

void SyncConnection::arm() {
  std::optional<Instant> deadline;
  {
    const std::lock_guard lock(guard_);
    deadline = peer_->deadline();
  }
  if (deadline == armed_ && timer_) return;
  armed_ = deadline;
  timer_.reset();
  if (!deadline) return;
  timer_ = loop_.call_at(*deadline, [this] {
    armed_.reset();
    with_peer([](peer::Peer& other, Now now) { other.handle_timeout(now); });
  });
}

void SyncConnection::finish() {
  if (!std::exchange(closing_, true)) {
    timer_.reset();
    // Without an established session the link doesn't linger: an outsider could hold it open.
    if (established_ || unwritten_ != 0) link_->close();
  }
  if (!link_closed_ && !established_) return hang_up();
  if (link_closed_) tell();
}

/// Ends the link once its last bytes are written, or after limits::kTurnTime.
void SyncConnection::hang_up() {
  if (unwritten_ == 0) {
    link_.reset();
    link_closed_ = true;
    return tell();
  }
  if (timer_) return;
  timer_ = loop_.call_at(loop_.now().monotonic + limits::kTurnTime, [this] {
    unwritten_ = 0;
    hang_up();
  });
}

void SyncConnection::tell() {
  if (!done_) return;
  timer_.reset();
  // Posted, because `done` may destroy this object with its link.
  loop_.post([this, alive = std::weak_ptr(alive_), done = std::exchange(done_, nullptr)] {
    if (alive.expired()) return;
    Result<peer::Report> result = [&] {
      const std::lock_guard lock(guard_);
      return peer_->result();
    }();
    done(std::move(result));
  });
}

peer::Progress SyncConnection::progress() {
  const std::lock_guard lock(guard_);
  return peer_->progress();
}

}  // namespace relais::engine
