#include "link/pipe/pipe.h"

#include <algorithm>
#include <array>
#include <deque>

#include "base/check.h"
#include "base/limits.h"

namespace relais::link {
namespace {

struct Chunk {
  Bytes bytes;
  std::uint64_t due = 0;  // the first step in which it may arrive
  bool is_end = false;
};

/// One end: bytes it has to send, and chunks on their way to it.
struct End {
  Link::Handler handler;
  Bytes unsent;
  std::size_t sent = 0;  // of `unsent`, whose front is erased from time to time
  std::deque<Chunk> incoming;
  std::size_t incoming_bytes = 0;
  std::optional<Error> fault;  // not yet reported
  bool started = false;
  bool closing = false;  // no more writes are accepted
  bool end_sent = false;
  bool end_arrived = false;
  bool calling = false;
  bool gone = false;  // reported closed, or destroyed
};

/// The next bytes to send, at most `size`.
Bytes take_unsent(End& end, std::size_t size) {
  Bytes chunk = end.unsent.substr(end.sent, size);
  end.sent += chunk.size();
  if (end.sent > end.unsent.size() / 2) {
    end.unsent.erase(0, end.sent);
    end.sent = 0;
  }
  return chunk;
}

void drop_bytes(End& end) {
  end.unsent.clear();
  end.sent = 0;
  end.incoming.clear();
  end.incoming_bytes = 0;
}

template <class Function, class... Arguments>
void call(End& end, const Function& function, Arguments&&... arguments) {
  if (!function) return;
  end.calling = true;
  function(std::forward<Arguments>(arguments)...);
  end.calling = false;
  if (end.gone) end.handler = {};
}

void finish(End& end, Status status) {
  end.gone = true;
  drop_bytes(end);
  call(end, end.handler.on_closed, std::move(status));
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every platform.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

class PipePump final : public Pump {
 public:
  PipePump(PipeOptions options, std::shared_ptr<End> left, std::shared_ptr<End> right)
      : options_(options),
        random_(options.seed.value_or(0)),
        ends_{std::move(left), std::move(right)} {
    RELAIS_CHECK(options.largest_chunk > 0 && options.window > 0);
  }

  bool step() override {
    ++time_;
    // The ends alternate, so that neither starves the other.
    for (std::size_t i = 0; i < 2; ++i) {
      turn_ = 1 - turn_;
      if (act(ends_[turn_], ends_[1 - turn_])) return true;
    }
    return waits(*ends_[0]) || waits(*ends_[1]);
  }

  void cut() override {
    for (const auto& end : ends_) {
      drop_bytes(*end);
      end->closing = end->end_sent = true;
      if (!end->fault) end->fault.emplace(ErrorCode::link_failed, "The connection was cut.");
    }
  }

  void cut_after(std::uint64_t bytes) override {
    cut_at_ = bytes;
    if (arrived_ >= bytes) cut();
  }

  std::uint64_t arrived() const override { return arrived_; }

 private:
  // By value: a handler may destroy everything but the pump.
  bool act(std::shared_ptr<End> self, std::shared_ptr<End> other) {
    if (self->started && !self->gone && self->fault) {
      finish(*self, *self->fault);
      return true;
    }
    return arrive(*self) || send(*self, *other);
  }

  bool arrive(End& self) {
    if (self.incoming.empty() || self.incoming.front().due > time_) return false;
    if (!self.started && !self.gone) return false;
    Chunk chunk = std::move(self.incoming.front());
    self.incoming.pop_front();
    if (chunk.is_end) {
      self.end_arrived = self.closing = true;
      if (self.end_sent && !self.gone) finish(self, {});
      return true;
    }
    self.incoming_bytes -= chunk.bytes.size();
    deliver(self, std::move(chunk.bytes));
    return true;
  }

  void deliver(End& self, Bytes bytes) {
    const bool cuts = cut_at_ && arrived_ + bytes.size() >= *cut_at_;
    if (cuts) bytes.resize(*cut_at_ - arrived_);
    arrived_ += bytes.size();
    if (cuts) cut();  // first, so that what the handler writes now is lost too
    if (!self.gone && (!self.closing || cuts) && !bytes.empty()) {
      call(self, self.handler.on_bytes, BytesView(bytes));
    }
  }

  bool send(End& self, End& other) {
    if (!self.started && !self.gone) return false;
    if (!self.unsent.empty()) {
      if (other.incoming_bytes >= options_.window) return false;
      const std::size_t room = options_.window - other.incoming_bytes;
      Bytes chunk = take_unsent(self, std::min(chunk_size(), room));
      const std::size_t size = chunk.size();
      other.incoming_bytes += size;
      other.incoming.push_back({std::move(chunk), time_ + options_.delay, false});
      call(self, self.handler.on_written, size);
      return true;
    }
    if (!self.closing || self.end_sent) return false;
    self.end_sent = true;
    other.incoming.push_back({{}, time_ + options_.delay, true});
    if (self.end_arrived && !self.gone) finish(self, {});
    return true;
  }

  std::size_t chunk_size() {
    if (!options_.seed) return options_.largest_chunk;
    return 1 + next_random(random_) % options_.largest_chunk;
  }

  /// A chunk is on its way and will arrive in a later step.
  bool waits(const End& end) const {
    return (end.started || end.gone) && !end.incoming.empty() && end.incoming.front().due > time_;
  }

  const PipeOptions options_;
  std::uint64_t random_;
  std::array<std::shared_ptr<End>, 2> ends_;
  std::size_t turn_ = 1;
  std::uint64_t time_ = 0;
  std::uint64_t arrived_ = 0;
  std::optional<std::uint64_t> cut_at_;
};

class PipeLink final : public Link {
 public:
  PipeLink(std::shared_ptr<End> end, std::string remote)
      : end_(std::move(end)), remote_(std::move(remote)) {}

  ~PipeLink() override {
    end_->gone = end_->closing = true;
    end_->unsent.clear();
    end_->sent = 0;
    if (!end_->calling) end_->handler = {};
  }

  void start(Handler handler) override {
    RELAIS_CHECK(!end_->started);
    end_->handler = std::move(handler);
    end_->started = true;
  }

  void write(Bytes bytes) override {
    if (end_->gone || end_->closing) return;
    if (end_->unsent.size() - end_->sent + bytes.size() > limits::kLinkUnsentBytes) {
      end_->fault.emplace(ErrorCode::limit_exceeded, "Too many bytes wait to be sent.");
      end_->closing = true;
      return;
    }
    end_->unsent.append(bytes);
  }

  void close() override { end_->closing = true; }
  std::string remote() const override { return remote_; }

 private:
  std::shared_ptr<End> end_;
  std::string remote_;
};

}  // namespace

Pipe make_pipe(PipeOptions options) {
  auto left = std::make_shared<End>();
  auto right = std::make_shared<End>();
  return {.left = std::make_unique<PipeLink>(left, "right"),
          .right = std::make_unique<PipeLink>(right, "left"),
          .pump = std::make_unique<PipePump>(options, left, right)};
}

}  // namespace relais::link
