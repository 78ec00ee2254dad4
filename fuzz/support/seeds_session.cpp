#include "fuzz/support/seeds.h"

namespace relais::fuzz {
namespace {

constexpr std::size_t kWhole = 0xfffe;  ///< a portion that holds everything
constexpr std::size_t kUnchanged = 0;   ///< what `mutate` reads

Composer start_of_call(std::size_t candidate) {
  Composer input;
  return input.byte(1).byte(candidate);
}

void add_frames(Seeds& seeds) {
  Composer read;
  read.byte(0).u16(7).byte(1);
  read.byte(0).sized("hello").byte(20);  // a message, padded
  read.byte(1)
      .sized(BytesView("\x06"
                       "in",
                       3))
      .byte(0);                                                       // one in two frames
  read.byte(1).sized(" two").byte(5).byte(2).byte(31);                // and a rekey
  read.byte(0).sized("under the next key").byte(0).byte(3).byte(31);  // the end
  seeds["frame"]["read"] = read.bytes();
  seeds["frame"]["not_authentic"] =
      Composer().byte(0).u16(kWhole).byte(1).byte(5).sized("no frame of ours, by no means").bytes();
  Composer write;
  write.byte(1).u16(100).sized("a message").byte(0).byte(70).sized(Bytes(600, 'm')).byte(1).byte(0);
  seeds["frame"]["write"] = write.bytes();
}

void add_handshakes(Seeds& seeds) {
  for (const std::size_t candidate : {0, 2}) {
    Composer answer;
    answer.byte(candidate).byte(1).u16(300);
    answer.byte(1).byte(1).sized("certificates").byte(19).byte(kUnchanged).u16(kWhole);
    seeds["handshake_initiator"]["accepted_" + std::to_string(candidate)] = answer.bytes();
  }
  seeds["handshake_initiator"]["any_bytes"] =
      Composer().byte(0).byte(1).u16(0).byte(0).sized(Bytes(96, 'x')).u16(5).bytes();

  Composer calls;
  calls.sized("").u16(0);
  for (std::size_t candidate = 0; candidate < 4; ++candidate) {
    calls.rest(start_of_call(candidate).bytes());
    if (candidate > 0) calls.byte(0);  // not a message from before
    calls.sized("").byte(kUnchanged).u16(kWhole);
    if (candidate == 3) break;  // a stranger
    calls.byte(0).byte(1).sized("certificates of a").byte(14).byte(kUnchanged).u16(9);
  }
  seeds["handshake_responder"]["all_candidates"] = calls.bytes();
  Composer again;
  again.sized("").u16(0);
  again.rest(start_of_call(0).bytes()).sized("").byte(kUnchanged).u16(kWhole).byte(3);
  again.rest(start_of_call(0).bytes()).byte(3).byte(0).byte(kUnchanged).u16(kWhole);
  seeds["handshake_responder"]["a_first_message_again"] = again.bytes();
}

void add_transport(Seeds& seeds) {
  for (const std::size_t role : {0, 1}) {
    Composer talk;
    talk.byte(role);
    talk.byte(0).sized("hello").byte(26).byte(kUnchanged).u16(kWhole);  // a message comes
    talk.byte(5).byte(2).u16(40).u16(3000);                             // two go
    talk.byte(2).byte(kUnchanged).u16(11);                              // rekey
    talk.byte(7).byte(11).byte(0);                                      // eleven seconds
    talk.byte(0).sized("again").byte(0).byte(kUnchanged).u16(kWhole);
    talk.byte(6).byte(3).byte(3).byte(kUnchanged).u16(kWhole);  // both end
    seeds["transport"][role == 1 ? "initiator" : "responder"] = talk.bytes();
  }
}

void add_pair(Seeds& seeds) {
  const auto carry = [](Composer& to, std::size_t end) { to.byte(end).byte(4).u16(kWhole); };
  Composer honest;
  for (const std::size_t end : {0, 1, 0}) carry(honest, end);
  honest.byte(0).byte(0).byte(1).sized("from a");
  honest.byte(1).byte(0).byte(0).u16(5000);
  for (const std::size_t end : {0, 1}) carry(honest, end);
  seeds["session_pair"]["honest"] = honest.bytes();
  Composer repeated = honest;
  repeated.byte(0).byte(0).byte(1).sized("said once");
  repeated.byte(0).byte(7).u16(0).u16(100).byte(1);  // its frame twice
  carry(repeated, 0);
  seeds["session_pair"]["a_frame_twice"] = repeated.bytes();
}

}  // namespace

void add_session_seeds(Seeds& seeds) {
  add_frames(seeds);
  add_handshakes(seeds);
  add_transport(seeds);
  add_pair(seeds);
}

}  // namespace relais::fuzz
