// Two members that sync over a network driven by the fuzzer: it carries, drops, repeats, changes,
// delays and cuts; then they sync again over a good one. A device always holds a prefix of what an
// author wrote, and in the end both hold all of it. docs/spec/reconcile.md, "The exchange".
#include <algorithm>

#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/two_members.h"

namespace relais::fuzz {
namespace {

class PeerPair {
 public:
  explicit PeerPair(TwoMembers& members)
      : members_(members), a_(members.call()), b_(members.answer()) {}

  /// Runs until the input ends; returns whether bytes were only carried.
  bool run(Input& input) {
    for (int steps = 0; steps < 256 && !input.empty(); ++steps) {
      const bool from_a = input.chance();
      Peer& from = from_a ? a_ : b_;
      Bytes& way = from_a ? to_b_ : to_a_;
      const std::size_t what = input.below(8);
      if (what < 5) {
        write(from, way);
        deliver(from_a ? b_ : a_, way, 1 + input.u16());
      } else if (what == 5) {
        honest_ = !mutate(input, way) && honest_;
      } else if (what == 6) {
        const std::uint8_t tenths = input.byte();
        pass_time(Duration(tenths * 100));
        // As with another version of zstd.
        if (tenths >= 0xf0) members_.caller_delegate.restores = tenths % 2 == 0;
        if (tenths >= 0xf8) members_.called_delegate.restores = tenths % 2 == 0;
      } else {
        members_.write(input, from_a ? members_.caller_delegate : members_.called_delegate);
      }
    }
    return honest_;
  }

  /// Carries all bytes until both have finished, and checks the results.
  void settle(bool must_succeed) {
    for (int idle = 0; !(a_.finished() && b_.finished()) && idle < 100;) {
      write(a_, to_b_);
      write(b_, to_a_);
      const bool moved = !to_a_.empty() || !to_b_.empty();
      deliver(b_, to_b_, to_b_.size());
      deliver(a_, to_a_, to_a_.size());
      if (moved) continue;
      ++idle;
      if (a_.finished()) b_.handle_link_closed(members_.now);
      if (b_.finished()) a_.handle_link_closed(members_.now);
      pass_time(until_deadline());
    }
    RELAIS_CHECK(a_.finished() && b_.finished());
    for (Peer* peer : {&a_, &b_}) {
      const auto result = peer->result();
      RELAIS_CHECK(result || !must_succeed);
      if (!result) check_error(result.error());
      if (must_succeed) RELAIS_CHECK(result->in_sync && result->mismatched.empty());
    }
  }

  void cut() {
    a_.handle_link_closed(members_.now);
    b_.handle_link_closed(members_.now);
    RELAIS_CHECK(a_.finished() && b_.finished());
    for (Peer* peer : {&a_, &b_}) RELAIS_CHECK(peer->poll_transmit(members_.now).empty());
  }

 private:
  void write(Peer& from, Bytes& way) {
    for (Bytes more = from.poll_transmit(members_.now); !more.empty();
         more = from.poll_transmit(members_.now)) {
      way += more;
      from.handle_written(more.size(), members_.now);
    }
  }

  void deliver(Peer& to, Bytes& way, std::size_t size) {
    const Bytes portion = way.substr(0, size);
    way.erase(0, size);
    to.handle_bytes(portion, members_.now);
  }

  Duration until_deadline() const {
    Duration least{1'000};
    for (const Peer* peer : {&a_, &b_}) {
      const auto deadline = peer->deadline();
      if (deadline) least = std::min(least, *deadline - members_.now.monotonic);
    }
    return std::max(least, Duration(0));
  }

  void pass_time(Duration time) {
    members_.now.monotonic += time;
    for (Peer* peer : {&a_, &b_}) {
      const auto deadline = peer->deadline();
      if (deadline && *deadline <= members_.now.monotonic) peer->handle_timeout(members_.now);
    }
  }

  TwoMembers& members_;
  Peer a_, b_;
  Bytes to_a_, to_b_;
  bool honest_ = true;
};

void check_logs(TwoMembers& members) {
  FakeDelegate& a = members.caller_delegate;
  FakeDelegate& b = members.called_delegate;
  RELAIS_CHECK(is_prefix(b, a, a.own_log(members.medical)));
  RELAIS_CHECK(is_prefix(a, b, b.own_log(members.medical)));
  RELAIS_CHECK(a.everything().size() <= 1 &&
               b.everything().size() <= 1);  // no log of an unknown author
  RELAIS_CHECK(a.forks.empty() && b.forks.empty());
}

}  // namespace

void run(Input& input) {
  TwoMembers members;
  members.write(input, members.caller_delegate);
  members.write(input, members.called_delegate);
  for (int rounds = 0; rounds < 2 && !input.empty(); ++rounds) {
    PeerPair pair(members);
    const bool honest = pair.run(input);
    check_logs(members);
    if (honest && input.chance()) {
      pair.settle(false);
    } else {
      pair.cut();
    }
    check_logs(members);
  }
  members.write(input, members.caller_delegate);
  PeerPair(members).settle(true);
  check_logs(members);
  RELAIS_CHECK(members.caller_delegate.everything() == members.called_delegate.everything());
}

}  // namespace relais::fuzz
