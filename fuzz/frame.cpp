// Frames of an established session, authentic and not, cut into portions; docs/spec/session.md,
// "Frames". The target holds the key, so that frames pass the tag.
#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"
#include "fuzz/support/input.h"
#include "fuzz/support/stream_model.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "session/deframer.h"
#include "session/frame_reader.h"
#include "session/frame_writer.h"

namespace relais::fuzz {
namespace {

using session::Deframer;
using session::FrameReader;
using session::FrameWriter;
using session::noise::CipherState;

/// Splits `wire` in portions of one size, as a link delivers them, and returns the units of the
/// deframer.
std::deque<Bytes> deframe(BytesView wire, std::size_t portion_size, std::size_t limit,
                          bool& too_long) {
  Deframer deframer;
  std::deque<Bytes> units;
  while (!wire.empty() && !too_long) {
    BytesView portion = wire.substr(0, portion_size);
    wire.remove_prefix(portion.size());
    BytesView unit;
    Deframer::Found found;
    while ((found = deframer.next(portion, limit, unit)) == Deframer::Found::unit) {
      RELAIS_CHECK(unit.size() <= limit);
      units.emplace_back(unit);
    }
    too_long = found == Deframer::Found::too_long;
    RELAIS_CHECK(too_long || portion.empty());
    RELAIS_CHECK(deframer.buffered() <= limit + session::kLengthBytes);
  }
  return units;
}

/// The plaintext of a frame; nothing for one that is not authentic.
std::optional<Bytes> next_plain(Input& input) {
  switch (input.below(6)) {
    case 0: {  // a whole message
      Bytes content;
      put_sized(content, input.sized());
      return inner(content, 1, input.byte());
    }
    case 1: {
      const BytesView content = input.sized();
      return inner(content, 1, input.byte());
    }
    case 2: return inner({}, 3, input.byte());
    case 3: return inner({}, 2, input.byte());
    case 4: return Bytes(input.sized());
    default: return std::nullopt;
  }
}

void read_frames(Input& input) {
  CipherState cipher(symmetric_key(1));
  FrameReader reader;
  reader.start(CipherState(symmetric_key(1)));
  StreamModel model;
  std::deque<Bytes> messages;
  const std::size_t portion = 1 + input.u16();
  const std::size_t limit = input.chance() ? limits::kFrameBytes : 1024;
  while (!input.empty()) {
    const std::optional<Bytes> plain = next_plain(input);
    Bytes frame(plain ? BytesView() : input.sized());
    if (plain && plain->size() + crypto::kTagBytes > limits::kFrameBytes) return;
    if (plain) RELAIS_CHECK(cipher.encrypt(frame, {}, *plain));
    bool too_long = false;
    const auto units = deframe(with_length(frame), portion, limit, too_long);
    RELAIS_CHECK(too_long == (frame.size() > limit));
    if (too_long) return;
    RELAIS_CHECK(units.size() == 1 && units[0] == frame);

    const bool good = reader.read(frame, messages);
    RELAIS_CHECK(good == (plain && model.take(*plain)));
    RELAIS_CHECK(messages == model.messages);
    RELAIS_CHECK(reader.misbehaved() == (plain && !good));
    if (!good || reader.ended()) return;
    if (*plain == inner({}, 3, plain->size() - 1)) cipher.rekey();
  }
}

void write_frames(Input& input) {
  FrameWriter writer;
  FrameReader reader;
  Instant now{};
  writer.start(CipherState(symmetric_key(1)), now);
  reader.start(CipherState(symmetric_key(1)));
  std::deque<Bytes> sent, received;
  const std::size_t portion = 1 + input.u16();
  bool last = false;
  while (!last) {
    last = input.empty();
    const Bytes message(input.sized());
    if (!message.empty()) {
      writer.queue(message);
      sent.push_back(message);
    }
    if (input.chance()) writer.queue_keep_alive();
    if (last) writer.queue_end();
    now += Duration(input.byte() * 10'000);
    Bytes wire;
    RELAIS_CHECK(writer.write(now, 1 << 20, wire));
    bool too_long = false;
    for (const Bytes& frame : deframe(wire, portion, limits::kFrameBytes, too_long)) {
      RELAIS_CHECK(reader.read(frame, received));
    }
  }
  RELAIS_CHECK(reader.ended() && received == sent && writer.queued_bytes() == 0);
}

}  // namespace
void run(Input& input) { input.chance() ? write_frames(input) : read_frames(input); }

}  // namespace relais::fuzz
