#include "engine/meeting.h"

#include <utility>

namespace relais::engine {

Meeting::Meeting(runtime::Loop& loop, std::mutex& guard, std::unique_ptr<link::Link> link)
    : loop_(loop), guard_(guard), link_(std::move(link)) {}

Meeting::~Meeting() {
  link_.reset();
  timer_.reset();
  const std::lock_guard lock(guard_);
  peer_.reset();
}

void Meeting::start(std::unique_ptr<peer::Peer> peer, Done done) {
  peer_ = std::move(peer);
  done_ = std::move(done);
  link_->start({
      [this](BytesView bytes) {
        with_peer([&](peer::Peer& other, Now now) { other.handle_bytes(bytes, now); });
      },
      [this](std::size_t bytes) {
        with_peer([&](peer::Peer& other, Now now) { other.handle_written(bytes, now); });
      },
      [this](const Status&) {
        link_closed_ = true;
        with_peer([](peer::Peer& other, Now now) { other.handle_link_closed(now); });
      },
  });
  with_peer([](peer::Peer&, Now) {});
}

template <class Action>
void Meeting::with_peer(Action&& action) {
  {
    const std::lock_guard lock(guard_);
    action(*peer_, loop_.now());
  }
  pump();
}

void Meeting::pump() {
  bool finished = false;
  while (true) {
    Bytes bytes;
    {
      const std::lock_guard lock(guard_);
      bytes = peer_->poll_transmit(loop_.now());
      finished = peer_->finished();
    }
    if (bytes.empty()) break;
    link_->write(std::move(bytes));
  }
  if (finished || link_closed_) return finish();
  arm();
}

void Meeting::arm() {
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

void Meeting::finish() {
  if (std::exchange(closing_, true)) {
    if (!link_closed_ || !done_) return;
  } else {
    timer_.reset();
    link_->close();
    if (!link_closed_) return;  // its last bytes first
  }
  // Not from within a handler of the link: whoever hears of the end may destroy all of it.
  loop_.post([this, done = std::exchange(done_, nullptr)] {
    Result<peer::Report> result = [&] {
      const std::lock_guard lock(guard_);
      return peer_->result();
    }();
    done(std::move(result));
  });
}

peer::Progress Meeting::progress() {
  const std::lock_guard lock(guard_);
  return peer_->progress();
}

}  // namespace relais::engine
