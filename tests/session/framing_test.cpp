#include <gtest/gtest.h>

#include "base/coding.h"
#include "crypto/vectors.h"
#include "session/deframer.h"
#include "session/frame_reader.h"
#include "session/frame_writer.h"
#include "session/inner.h"

namespace relais::session {
namespace {

using relais::test::SeededRandom;

// The cipher of a peer, with which a test makes frames that a FrameWriter would not.
class Reading : public testing::Test {
 protected:
  Reading() { reader.start(noise::CipherState(key)); }

  bool read(InnerType type, BytesView content) {
    Bytes plain(content);
    close_inner(plain, 0, type, limits::kFrameBytes - crypto::kTagBytes);
    Bytes frame;
    EXPECT_TRUE(peer.encrypt(frame, {}, plain));
    return reader.read(frame, messages);
  }

  static Bytes sized(std::size_t size) {
    Bytes out;
    put_varint(out, size);
    return out;
  }

  const crypto::SymmetricKey key = crypto::SymmetricKey::from(Bytes(32, 'k'));
  noise::CipherState peer{key};
  FrameReader reader;
  std::deque<Bytes> messages;
};

TEST_F(Reading, MessagesShareFramesAndSpanThem) {
  EXPECT_TRUE(read(InnerType::data,
                   "\x01"
                   "a"
                   "\x02"
                   "bb"
                   "\x03"
                   "c"));
  EXPECT_TRUE(read(InnerType::data, "c"));
  EXPECT_TRUE(read(InnerType::data, ""));
  EXPECT_TRUE(read(InnerType::data,
                   "c"
                   "\x80"));
  EXPECT_TRUE(read(InnerType::data, "\x01" + Bytes(128, 'd')));
  EXPECT_EQ(messages, (std::deque<Bytes>{"a", "bb", "ccc", Bytes(128, 'd')}));
}

TEST_F(Reading, AMessageOfTheLimitIsTakenAndOneMoreRefused) {
  EXPECT_TRUE(read(InnerType::data, sized(limits::kMessageBytes)));
  EXPECT_FALSE(reader.misbehaved());
  FrameReader fresh;
  std::swap(fresh, reader);
  peer = noise::CipherState(key);
  reader.start(noise::CipherState(key));
  EXPECT_FALSE(read(InnerType::data, sized(limits::kMessageBytes + 1)));
  EXPECT_TRUE(reader.misbehaved());
}

TEST_F(Reading, AnEmptyMessageIsRefused) { EXPECT_FALSE(read(InnerType::data, Bytes(1, '\0'))); }

TEST_F(Reading, ALengthNotInItsShortestFormIsRefused) {
  EXPECT_FALSE(read(InnerType::data, Bytes("\x81\x00", 2)));
}

TEST_F(Reading, ALengthThatNeverEndsIsRefused) {
  EXPECT_FALSE(read(InnerType::data, "\x80\x80\x80\x80"));
}

TEST_F(Reading, EndAmidAMessageIsRefused) {
  EXPECT_TRUE(read(InnerType::data,
                   "\x05"
                   "abc"));
  EXPECT_FALSE(read(InnerType::end, ""));
  EXPECT_TRUE(reader.misbehaved());
}

TEST_F(Reading, EndAmidALengthIsRefused) {
  EXPECT_TRUE(read(InnerType::data, "\x80"));
  EXPECT_FALSE(read(InnerType::end, ""));
}

TEST_F(Reading, EndAndRekeyCarryNothing) {
  EXPECT_FALSE(read(InnerType::end, "x"));
  FrameReader fresh;
  std::swap(fresh, reader);
  peer = noise::CipherState(key);
  reader.start(noise::CipherState(key));
  EXPECT_FALSE(read(InnerType::rekey, "x"));
}

TEST_F(Reading, AnEndEnds) {
  EXPECT_TRUE(read(InnerType::end, ""));
  EXPECT_TRUE(reader.ended());
}

TEST_F(Reading, APeerThatNeverRekeysIsRefusedAfterTheLimit) {
  for (std::uint64_t i = 0; i < limits::kFramesBetweenRekeys; ++i) {
    ASSERT_TRUE(read(InnerType::data, ""));
  }
  EXPECT_FALSE(read(InnerType::data, ""));
  EXPECT_TRUE(reader.misbehaved());
}

TEST_F(Reading, ARekeyAtTheLimitIsInTime) {
  for (std::uint64_t i = 0; i < limits::kFramesBetweenRekeys; ++i) {
    ASSERT_TRUE(read(InnerType::data, ""));
  }
  EXPECT_TRUE(read(InnerType::rekey, ""));
  peer.rekey();
  EXPECT_TRUE(read(InnerType::data,
                   "\x01"
                   "a"));
}

TEST_F(Reading, FramesOfAnotherKeyOrTooShortAreNotAuthentic) {
  EXPECT_FALSE(reader.read(Bytes(crypto::kTagBytes - 1, 'x'), messages));
  EXPECT_FALSE(reader.read(Bytes(crypto::kTagBytes, 'x'), messages));
  EXPECT_FALSE(reader.read(Bytes(limits::kFrameBytes, 'x'), messages));
  EXPECT_FALSE(reader.misbehaved());
}

TEST_F(Reading, AFrameOfTheLimitIsTaken) {
  const std::size_t content = limits::kFrameBytes - crypto::kTagBytes - 1;
  const Bytes head = sized(content - 3);
  EXPECT_TRUE(read(InnerType::data, head + Bytes(content - head.size(), 'x')));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0], Bytes(content - 3, 'x'));
}

class Writing : public testing::Test {
 protected:
  Writing() {
    writer.start(noise::CipherState(key), now);
    reader.start(noise::CipherState(key));
  }

  // Writes frames, reads them back and returns their lengths.
  std::vector<std::size_t> frames() {
    Bytes out;
    EXPECT_TRUE(writer.write(now, 1 << 24, out));
    std::vector<std::size_t> lengths;
    BytesView rest = out, frame;
    Deframer deframer;
    while (deframer.next(rest, limits::kFrameBytes, frame) == Deframer::Found::unit) {
      lengths.push_back(frame.size());
      EXPECT_TRUE(reader.read(frame, messages));
    }
    EXPECT_TRUE(rest.empty());
    return lengths;
  }

  const crypto::SymmetricKey key = crypto::SymmetricKey::from(Bytes(32, 'k'));
  const Instant start{Duration(1000)};
  Instant now = start;
  FrameWriter writer;
  FrameReader reader;
  std::deque<Bytes> messages;
};

TEST_F(Writing, ATinyMessageCostsFiftyBytesOnTheWire) {
  for (std::size_t size = 1; size <= 30; ++size) {
    writer.queue(Bytes(size, 'x'));
    EXPECT_EQ(frames(), std::vector<std::size_t>{48}) << size;
  }
  writer.queue(Bytes(31, 'x'));
  EXPECT_EQ(frames(), std::vector<std::size_t>{36 + crypto::kTagBytes});
}

TEST_F(Writing, TinyMessagesShareOneFrame) {
  for (int i = 0; i < 10; ++i) writer.queue("abc");
  EXPECT_EQ(frames(), std::vector<std::size_t>{padded_size(41) + crypto::kTagBytes});
  EXPECT_EQ(messages, std::deque<Bytes>(10, "abc"));
}

TEST_F(Writing, FullFramesArePaddedByNothing) {
  // With three bytes of length: exactly two frames, then one byte more.
  writer.queue(Bytes(2 * kFullContentBytes - 3, 'x'));
  const std::size_t full = kFullPlainBytes + crypto::kTagBytes;
  EXPECT_EQ(frames(), (std::vector<std::size_t>{full, full}));
  writer.queue(Bytes(2 * kFullContentBytes - 2, 'x'));
  EXPECT_EQ(frames(), (std::vector<std::size_t>{full, full, 32 + crypto::kTagBytes}));
}

TEST_F(Writing, MessagesOfEverySizeAroundAFrameArrive) {
  std::deque<Bytes> sent;
  for (std::size_t size = kFullContentBytes - 8; size < kFullContentBytes + 8; ++size) {
    sent.push_back(Bytes(size, static_cast<char>(size)));
    writer.queue(sent.back());
  }
  frames();
  EXPECT_EQ(messages, sent);
  EXPECT_EQ(writer.queued_bytes(), 0u);
}

TEST_F(Writing, MessagesFromOneByteToTheLimitAreQueuedAndOthersAreOurMistake) {
  writer.queue(Bytes(limits::kMessageBytes, 'x'));
  EXPECT_EQ(writer.queued_bytes(), limits::kMessageBytes);
  frames();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].size(), limits::kMessageBytes);
  EXPECT_DEATH(writer.queue(Bytes(limits::kMessageBytes + 1, 'x')), "check failed");
  EXPECT_DEATH(writer.queue(""), "check failed");
}

TEST_F(Writing, NothingIsQueuedAfterEnd) {
  writer.queue_end();
  EXPECT_DEATH(writer.queue("x"), "check failed");
  EXPECT_EQ(frames(), std::vector<std::size_t>{48});
  EXPECT_TRUE(reader.ended());
  EXPECT_FALSE(writer.has_work());
}

TEST_F(Writing, RekeysByCountExactlyAtTheLimit) {
  for (std::uint64_t i = 0; i < limits::kFramesBetweenRekeys; ++i) {
    writer.queue_keep_alive();
    ASSERT_EQ(frames().size(), 1u);
  }
  for (const std::size_t expected : {2u, 1u}) {  // a rekey precedes the first
    writer.queue("x");
    EXPECT_EQ(frames().size(), expected);
  }
  EXPECT_EQ(messages, (std::deque<Bytes>{"x", "x"}));
}

TEST_F(Writing, RekeysByTimeExactlyAtTheLimit) {
  now = start + limits::kTimeBetweenRekeys - Duration(1);
  writer.queue("x");
  EXPECT_EQ(frames().size(), 1u);
  now = start + limits::kTimeBetweenRekeys;
  for (const std::size_t expected : {2u, 1u}) {
    writer.queue("x");
    EXPECT_EQ(frames().size(), expected);
  }
}

TEST_F(Writing, StopsWhenNoncesAreUsedUp) {
  noise::CipherState worn(key);
  worn.set_nonce(~std::uint64_t{0} - 1);
  writer.start(std::move(worn), now);
  writer.queue("x");
  Bytes out;
  EXPECT_TRUE(writer.write(now, 1 << 20, out));
  writer.queue("y");
  EXPECT_FALSE(writer.write(now, 1 << 20, out));
}

}  // namespace
}  // namespace relais::session
