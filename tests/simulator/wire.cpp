#include "simulator/wire.h"

#include <array>
#include <deque>

#include "base/limits.h"

namespace relais::simulator {
namespace {

struct Side {
  link::Link::Handler handler;
  bool started = false;
  bool told = false;     ///< on_closed was called, or the link destroyed
  bool closing = false;  ///< no more writes are accepted
  bool end_sent = false;
  bool end_heard = false;
  std::deque<Bytes> early;  ///< arrived before it was started
  std::size_t unsent = 0;
  Instant free_at{};          ///< when what was written before has left
  Instant last_due{};         ///< when that arrives
  std::optional<Bytes> held;  ///< a chunk that lets the next one pass
};

class WireLink;

class TwoWay final : public Wire, public std::enable_shared_from_this<TwoWay> {
 public:
  TwoWay(Events& events, testing::Chance chance, const LinkConditions& conditions, Counts& counts,
         Watch watch)
      : events_(events),
        chance_(chance),
        weather_(conditions),
        counts_(counts),
        watch_(std::move(watch)) {}

  void start(int self, link::Link::Handler handler);
  void write(int self, BytesView bytes);
  void close(int self);
  void let_go(int self);
  void lose(End end, bool silently) override;
  bool over() const override { return dead_ || (sides_[0].told && sides_[1].told); }

 private:
  template <class Task>
  void at(Instant when, Task task) {
    events_.at(when, [wire = shared_from_this(), task = std::move(task)] { task(*wire); });
  }
  void send(int self, BytesView chunk);
  void send_end(int self);
  void arrive(int to, Bytes chunk);
  void hand_over(int to, const Bytes& chunk);
  bool befalls(std::optional<std::uint64_t>& at, std::size_t size, const char* what);
  void tell_end(int self, Status status);
  void cut();

  Events& events_;
  testing::Chance chance_;
  LinkConditions weather_;
  Counts& counts_;
  Watch watch_;
  std::array<Side, 2> sides_;
  std::uint64_t arrived_ = 0;
  bool dead_ = false;  ///< cut
  bool half_open_ = false;
};

void TwoWay::start(int self, link::Link::Handler handler) {
  Side& side = sides_[self];
  side.handler = std::move(handler);
  side.started = true;
  at(events_.now(), [self](TwoWay& wire) {
    auto early = std::exchange(wire.sides_[self].early, {});
    for (const Bytes& chunk : early) wire.hand_over(self, chunk);
    if (wire.dead_) wire.tell_end(self, Error(ErrorCode::link_failed, "The connection was cut."));
  });
}

void TwoWay::write(int self, BytesView bytes) {
  Side& side = sides_[self];
  if (dead_ || side.told || side.closing) return;
  if (side.unsent + bytes.size() > limits::kLinkUnsentBytes) {
    counts_.add("violation: a link's queue grew past its limit");
    return cut();
  }
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), 1 + chance_.below(weather_.largest_chunk));
    send(self, bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

void TwoWay::send(int self, BytesView chunk) {
  Side& side = sides_[self];
  const Duration takes(1 + 1000 * chunk.size() / weather_.bytes_per_second);
  side.free_at = std::max(side.free_at, events_.now()) + takes;
  const Duration delay = weather_.latency + Duration(chance_.below(weather_.jitter.count() + 1));
  side.last_due = std::max(side.last_due, side.free_at + delay);  // in order, as TCP is
  side.unsent += chunk.size();
  at(side.free_at, [self, size = chunk.size()](TwoWay& wire) {
    Side& left = wire.sides_[self];
    left.unsent -= size;
    if (!wire.dead_ && !left.told && left.handler.on_written) left.handler.on_written(size);
  });
  at(side.last_due, [self, bytes = Bytes(chunk)](TwoWay& wire) { wire.arrive(1 - self, bytes); });
}

/// Whether the fault is in this chunk; it strikes once.
bool TwoWay::befalls(std::optional<std::uint64_t>& at, std::size_t size, const char* what) {
  if (!at || *at >= arrived_ + size) return false;
  at.reset();
  counts_.add(what);
  return true;
}

void TwoWay::arrive(int to, Bytes chunk) {
  if (dead_ || half_open_) return;
  const std::size_t size = chunk.size();
  if (befalls(weather_.half_open_at, size, "fault: half open")) {
    half_open_ = true;
    return;
  }
  const bool cuts = befalls(weather_.cut_at, size, "fault: cut");
  const bool repeats = befalls(weather_.repeat_at, size, "fault: repeated bytes");
  const bool swaps = befalls(weather_.swap_at, size, "fault: swapped bytes");
  if (befalls(weather_.corrupt_at, size, "fault: wrong byte")) {
    chunk[chance_.below(size)] ^= static_cast<char>(1 << chance_.below(8));
  }
  arrived_ += size;
  if (swaps) {
    sides_[to].held = std::move(chunk);
    return;
  }
  hand_over(to, chunk);
  if (auto held = std::exchange(sides_[to].held, std::nullopt)) hand_over(to, *held);
  if (repeats) hand_over(to, chunk);
  if (cuts) cut();
}

void TwoWay::hand_over(int to, const Bytes& chunk) {
  Side& side = sides_[to];
  if (side.told || dead_) return;
  if (!side.started) return side.early.push_back(chunk);
  watch_(chunk);
  if (side.handler.on_bytes && !side.closing) side.handler.on_bytes(chunk);
}

void TwoWay::close(int self) {
  Side& side = sides_[self];
  if (side.closing) return;
  side.closing = true;
  send_end(self);
}

void TwoWay::send_end(int self) {
  Side& side = sides_[self];
  if (side.end_sent || dead_) return;
  side.end_sent = true;
  const Instant due =
      std::max(side.last_due, std::max(side.free_at, events_.now())) + weather_.latency;
  at(due, [to = 1 - self](TwoWay& wire) {
    if (wire.dead_ || wire.half_open_) return;
    Side& other = wire.sides_[to];
    other.end_heard = true;
    other.closing = true;
    wire.send_end(to);
    wire.tell_end(to, {});
  });
  if (side.end_heard) tell_end(self, {});
  // A closed link that gets no answer stops waiting.
  at(events_.now() + limits::kLinkLingerTime, [self](TwoWay& wire) { wire.tell_end(self, {}); });
}

void TwoWay::tell_end(int self, Status status) {
  Side& side = sides_[self];
  if (!side.started || std::exchange(side.told, true)) return;
  const auto handler = std::exchange(side.handler, {});
  if (handler.on_closed) handler.on_closed(std::move(status));
}

void TwoWay::let_go(int self) {
  Side& side = sides_[self];
  side.told = true;
  // A handler may destroy its own link: it must live until it returns.
  at(events_.now(), [self](TwoWay& wire) { wire.sides_[self].handler = {}; });
  if (!side.end_sent && !half_open_) send_end(self);
}

void TwoWay::cut() {
  dead_ = true;
  for (int self = 0; self < 2; ++self) {
    at(events_.now() + weather_.latency, [self](TwoWay& wire) {
      wire.tell_end(self, Error(ErrorCode::link_failed, "The connection was cut."));
    });
  }
}

void TwoWay::lose(End end, bool silently) {
  Side& side = sides_[end == End::caller ? 0 : 1];
  side.told = true;
  // The power may be cut while a handler runs.
  at(events_.now(), [end](TwoWay& wire) { wire.sides_[end == End::caller ? 0 : 1].handler = {}; });
  if (silently) {
    half_open_ = true;
  } else if (!dead_) {
    cut();
  }
}

class WireLink final : public link::Link {
 public:
  WireLink(std::shared_ptr<TwoWay> wire, int self) : wire_(std::move(wire)), self_(self) {}
  ~WireLink() override { wire_->let_go(self_); }
  void start(Handler handler) override { wire_->start(self_, std::move(handler)); }
  void write(Bytes bytes) override { wire_->write(self_, bytes); }
  void close() override { wire_->close(self_); }
  std::string remote() const override { return {}; }

 private:
  std::shared_ptr<TwoWay> wire_;
  int self_;
};

}  // namespace

std::shared_ptr<Wire> make_wire(Events& events, testing::Chance chance,
                                const LinkConditions& conditions, Counts& counts, Watch watch,
                                WireEnds& ends) {
  auto wire = std::make_shared<TwoWay>(events, chance, conditions, counts, std::move(watch));
  ends.caller = std::make_unique<WireLink>(wire, 0);
  ends.called = std::make_unique<WireLink>(wire, 1);
  return wire;
}

}  // namespace relais::simulator
