#include "fuzz/support/seeds.h"

namespace relais::fuzz {
namespace {

constexpr std::size_t kWhole = 0xfffe;

/// What TestSpace::write reads: one transaction of two changes.
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
Bytes liar(std::size_t calls, std::size_t lie) {
  Composer liar;
  liar.byte(calls);
  write(write(liar));
  liar.byte(0).byte(0).byte(0).byte(0);                                  // hello
  liar.byte(1).byte(0).byte(1).byte(0);                                  // vectors of data
  liar.byte(2).byte(0).byte(0).byte(0);                                  // its seal
  liar.byte(3).byte(0).byte(0).byte(0).u16(kWhole).byte(lie).byte(0);    // and blocks
  liar.byte(4).byte(0).byte(1).byte(1).byte(2).byte(0).byte(0).byte(0);  // has stored two
  liar.byte(5).byte(0).byte(1).byte(0).byte(0);                          // done
  liar.byte(9).byte(30);
  return liar.bytes();
}

void add_liars(Seeds& seeds) {
  seeds["exchange"] = {{"calls", liar(1, 0)},
                       {"is_called", liar(0, 0)},
                       {"calls_and_changes_a_block", liar(1, 3)},
                       {"is_called_and_changes_a_block", liar(0, 3)}};
}

void add_folders(Seeds& seeds) {
  // Whether it writes afterwards; so many files; each: which one, not removed, how it is changed.
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

void add_meeting_seeds(Seeds& seeds) {
  add_peers(seeds);
  add_liars(seeds);
  add_folders(seeds);
}

}  // namespace relais::fuzz
