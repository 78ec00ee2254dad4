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

/// `lie`: 3, if the last block of the piece is changed.
Bytes attacker(std::size_t calls, std::size_t lie) {
  Composer attacker;
  attacker.byte(calls);
  write(write(attacker));
  attacker.byte(0).byte(0).byte(0).byte(0);                                // hello
  attacker.byte(1).byte(0).byte(1).byte(0);                                // vectors of data
  attacker.byte(2).byte(0).byte(0).byte(0);                                // its seal
  attacker.byte(3).byte(0).byte(0).byte(0).u16(kWhole).byte(lie).byte(0);  // and blocks
  attacker.byte(4).byte(0).byte(1).byte(1).byte(2).byte(0).byte(0).byte(
      0);                                            // the other side has stored two
  attacker.byte(5).byte(0).byte(1).byte(0).byte(0);  // done
  attacker.byte(9).byte(30);
  return attacker.bytes();
}

void add_attackers(Seeds& seeds) {
  seeds["exchange"] = {{"calls", attacker(1, 0)},
                       {"is_called", attacker(0, 0)},
                       {"calls_and_changes_a_block", attacker(1, 3)},
                       {"is_called_and_changes_a_block", attacker(0, 3)}};
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
