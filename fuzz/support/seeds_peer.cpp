#include "fuzz/support/seeds.h"

namespace relais::fuzz {
namespace {

constexpr std::size_t kWhole = 0xfffe;

/// What TwoMembers::write reads: one transaction of two changes.
Composer& write(Composer& to) { return to.byte(1).byte(1).byte(0).byte(90); }

void add_peers(Seeds& seeds) {
  Composer honest;
  write(write(honest));
  for (int i = 0; i < 12; ++i) honest.byte(i % 2 == 0 ? 1 : 0).byte(0).u16(kWhole);
  seeds["peer_pair"]["honest"] = honest.bytes();
  Composer cut;
  write(cut).byte(0);
  for (int i = 0; i < 5; ++i) cut.byte(i % 2 == 0 ? 1 : 0).byte(0).u16(200);
  cut.byte(1).byte(5).byte(1).byte(2).u16(3).byte(9);  // bytes lost
  seeds["peer_pair"]["bytes_lost"] = cut.bytes();
}

/// What the attacker does after its start; each step ends with a byte: nothing is damaged.
class Steps {
 public:
  Steps(std::size_t calls, bool remembers) {
    to_.byte(calls).byte(0).byte(remembers ? 1 : 0);
    write(write(to_));
  }
  /// `how`: 1, vectors follow; 3, and both remember a checkpoint.
  Steps& hello(std::size_t how) { return add(to_.byte(0).byte(0).byte(how)); }
  /// `what`: 0, all logs; 2, the differences; 3, what has changed here.
  Steps& vectors(std::size_t what, bool early) {
    to_.byte(1).byte(0).byte(what);
    if (what == 3) to_.byte(0);  // since the log was empty
    return add(to_.byte(early ? 1 : 0));
  }
  /// All blocks. `lie`: 0 none; 2, the seal is of another history; 3, the last block is changed.
  Steps& piece(std::size_t lie, bool early) {
    to_.byte(3).byte(0).byte(early ? 1 : 0).byte(0).byte(0).u16(kWhole).byte(lie);
    if (lie == 2) to_.byte(1).byte(7).byte(0);
    return add(to_);
  }
  Steps& ack() { return add(to_.byte(4).byte(1).byte(1).byte(2).byte(0).byte(0).byte(0)); }
  Steps& done() { return add(to_.byte(5).byte(0).byte(1).byte(0)); }
  Bytes bytes() { return to_.byte(9).byte(30).bytes(); }

 private:
  Steps& add(Composer& step) {
    step.byte(0);
    return *this;
  }
  Composer to_;
};

Bytes attacker_that_calls(std::size_t lie) {
  return Steps(1, false).hello(1).vectors(0, true).piece(lie, false).ack().done().bytes();
}
Bytes attacker_that_is_called(std::size_t lie) {
  return Steps(0, false).hello(0).vectors(2, false).piece(lie, false).ack().done().bytes();
}
Bytes attacker_that_remembers(std::size_t lie) {
  return Steps(1, true).hello(3).vectors(3, true).piece(lie, true).ack().done().bytes();
}

void add_attackers(Seeds& seeds) {
  seeds["exchange"] = {{"calls", attacker_that_calls(0)},
                       {"is_called", attacker_that_is_called(0)},
                       {"remembers", attacker_that_remembers(0)},
                       {"calls_and_changes_a_block", attacker_that_calls(3)},
                       {"is_called_and_changes_a_block", attacker_that_is_called(3)},
                       {"remembers_and_changes_a_block", attacker_that_remembers(3)},
                       {"calls_with_another_seal", attacker_that_calls(2)}};
}

void add_folders(Seeds& seeds) {
  // Whether it writes afterwards; number of files; for each: which one, not removed, how it is
  // changed.
  auto& folders = seeds["store_recovery"];
  for (std::size_t file = 0; file < 12; ++file) {
    folders["cut_off_" + std::to_string(file)] =
        Composer().byte(file).byte(0).byte(file).byte(0).byte(1).byte(4).u16(40).byte(0).bytes();
  }
  folders["whole"] = Composer().byte(1).byte(0).byte(0).byte(0).byte(0).bytes();
  folders["a_byte_changed"] =
      Composer().byte(1).byte(0).byte(1).byte(0).byte(1).byte(0).u16(60).byte(0).byte(7).bytes();
  folders["removed"] = Composer().byte(1).byte(0).byte(2).byte(15).bytes();
}

}  // namespace

void add_peer_seeds(Seeds& seeds) {
  add_peers(seeds);
  add_attackers(seeds);
  add_folders(seeds);
}

}  // namespace relais::fuzz
