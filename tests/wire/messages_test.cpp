#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "wire/message_sample.h"

namespace relais::wire {
namespace {

message::Piece piece_of(std::size_t bytes) { return {7, false, 3, "", Bytes(bytes, 'e')}; }

TEST(Message, AHelloIsSmallAndComesBack) {
  message::Hello hello{1, counting_from<Root>(1), counting_from<Root>(2), {}, false};
  EXPECT_LE(encode(Message(hello)).size(), 26u);
  auto back = round_trip(hello);
  EXPECT_EQ(back.version, 1u);
  EXPECT_EQ(back.control, hello.control);
  EXPECT_EQ(back.data, hello.data);
  EXPECT_FALSE(back.checkpoint);
  EXPECT_FALSE(back.opens);
  hello.checkpoint = counting_from<CheckpointTag>(3);
  hello.opens = true;
  back = round_trip(hello);
  EXPECT_EQ(back.checkpoint, hello.checkpoint);
  EXPECT_TRUE(back.opens);
}

TEST(Message, AHelloOfALaterVersionIsForThePeerToJudge) {
  EXPECT_EQ(round_trip(message::Hello{7, {}, {}, {}, false}).version, 7u);
  EXPECT_EQ(message_error(Message(message::Hello{0, {}, {}, {}, false})), ErrorCode::corrupt);
}

TEST(Message, AHelloWithPartOfACheckpointIsRefused) {
  const message::Hello hello{1, {}, {}, counting_from<CheckpointTag>(3), false};
  Bytes bytes = encode(Message(hello));
  const std::size_t at = bytes.find("\x22\x08\x03");  // field 4, 8 bytes from 3 on
  ASSERT_NE(at, Bytes::npos);
  bytes.erase(at + 2, 1);
  for (const std::size_t length : {at + 1, std::size_t{1}}) {  // of the field, of the message
    bytes[length] = static_cast<char>(bytes[length] - 1);
  }
  EXPECT_EQ(message_error(bytes), ErrorCode::corrupt);
}

TEST(Message, ADoneIsSmallAndComesBack) {
  const message::Done done{true, counting_from<Root>(1), 0};
  EXPECT_LE(encode(Message(done)).size(), 16u);
  EXPECT_TRUE(round_trip(done).control);
  EXPECT_EQ(round_trip(done).root, done.root);
}

TEST(Message, ASealAndAWelcomeComeBackUpToTheirLimits) {
  EXPECT_EQ(round_trip(message::Seal{Bytes(limits::kSealBytes, 's')}).seal.size(),
            limits::kSealBytes);
  EXPECT_EQ(message_error(Message(message::Seal{Bytes(limits::kSealBytes + 1, 's')})),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(round_trip(message::Welcome{Bytes(limits::kCertificateBytes, 'c')}).certificate.size(),
            limits::kCertificateBytes);
  EXPECT_EQ(message_error(Message(message::Welcome{Bytes(limits::kCertificateBytes + 1, 'c')})),
            ErrorCode::limit_exceeded);
}

TEST(Message, APieceComesBackUpToItsLimit) {
  const auto back = round_trip(piece_of(limits::kLargestPieceBytes));
  EXPECT_EQ(back.log, 7u);
  EXPECT_FALSE(back.early);
  EXPECT_EQ(back.first_seq, 3u);
  EXPECT_TRUE(back.seal.empty());
  EXPECT_EQ(back.entries, Bytes(limits::kLargestPieceBytes, 'e'));
  EXPECT_EQ(message_error(Message(piece_of(limits::kLargestPieceBytes + 1))),
            ErrorCode::limit_exceeded);
}

TEST(Message, APieceBringsASealUpToItsLimit) {
  message::Piece piece = piece_of(10);
  piece.early = true;
  piece.seal = Bytes(limits::kSealBytes, 's');
  const auto back = round_trip(piece);
  EXPECT_TRUE(back.early);
  EXPECT_EQ(back.seal, piece.seal);
  EXPECT_EQ(back.entries, piece.entries);
  piece.seal.push_back('s');
  EXPECT_EQ(message_error(Message(piece)), ErrorCode::limit_exceeded);
}

TEST(Message, APieceOfNothingOrFromNowhereIsRefused) {
  EXPECT_EQ(message_error(Message(piece_of(0))), ErrorCode::corrupt);
  message::Piece piece = piece_of(10);
  piece.first_seq = 0;
  EXPECT_EQ(message_error(Message(piece)), ErrorCode::corrupt);
  piece.first_seq = limits::kLastSeq;
  EXPECT_EQ(round_trip(piece).first_seq, limits::kLastSeq);
  piece.first_seq = limits::kLastSeq + 1;
  EXPECT_EQ(message_error(Message(piece)), ErrorCode::corrupt);
}

TEST(Message, ALogsNumberIsTakenUpToItsLimit) {
  message::Piece piece = piece_of(10);
  message::Ack ack{{{limits::kLogsPerStage - 1, 5, 5, false}}};
  piece.log = limits::kLogsPerStage - 1;
  EXPECT_EQ(round_trip(piece).log, limits::kLogsPerStage - 1);
  EXPECT_EQ(round_trip(ack).logs.at(0).log, limits::kLogsPerStage - 1);
  piece.log = ack.logs[0].log = limits::kLogsPerStage;
  EXPECT_EQ(message_error(Message(piece)), ErrorCode::corrupt);
  EXPECT_EQ(message_error(Message(ack)), ErrorCode::corrupt);
}

TEST(Message, AnAckComesBackUpToItsLimit) {
  message::Ack ack{{{3, 31, 30, false, true}}};
  const auto back = round_trip(ack);
  ASSERT_EQ(back.logs.size(), 1u);
  EXPECT_EQ(back.logs[0].log, 3u);
  EXPECT_EQ(back.logs[0].stored, 31u);
  EXPECT_TRUE(back.logs[0].verbatim);
  EXPECT_EQ(back.logs[0].durable, 30u);
  // As many as the size limit of the message permits, of three bytes each.
  const std::size_t fit = (limits::kMessageBytes - 8) / 3;
  ack.logs.assign(fit, ack.logs[0]);
  EXPECT_EQ(round_trip(ack).logs.size(), fit);
  ack.logs.assign(fit + 1, ack.logs[0]);
  EXPECT_EQ(message_error(Message(ack)), ErrorCode::limit_exceeded);
}

TEST(Message, ARefusalComesBackInAnAckAndItsCountInADone) {
  const message::Ack ack{{{1, limits::kLastSeq, 7, true}}};
  const auto back = round_trip(ack);
  EXPECT_TRUE(back.logs[0].refused);
  EXPECT_EQ(back.logs[0].stored, limits::kLastSeq);
  message::Done done{false, {}, static_cast<std::uint32_t>(limits::kLogsPerStage)};
  EXPECT_EQ(round_trip(done).left_out, limits::kLogsPerStage);
  ++done.left_out;
  EXPECT_EQ(message_error(Message(done)), ErrorCode::corrupt);
}

TEST(Message, AnAckOfMoreDurableThanStoredIsRefused) {
  EXPECT_EQ(message_error(Message(message::Ack{{{0, 29, 30, false}}})), ErrorCode::corrupt);
}

TEST(Message, AnAckOfAPositionBeyondTheLastIsRefused) {
  EXPECT_EQ(message_error(Message(message::Ack{{{0, limits::kLastSeq + 1, 0, false}}})),
            ErrorCode::corrupt);
}

TEST(Message, OfAKindNotKnownHereSaysThatThePeerIsNewer) {
  const auto decoded = decode_message(Bytes("\x7a\x03new", 5));  // field 15
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), ErrorCode::unsupported_version);
  EXPECT_EQ(decoded.error().message(),
            "A message was made by a newer version of Relais: update this device.");
}

TEST(Message, OfAKindThatMayBeSkippedIsSkipped) {
  const auto of_kind = [](std::uint32_t kind) {
    Bytes bytes;
    put_varint(bytes, std::uint64_t{kind} << 3 | 2);
    put_sized(bytes, "new");
    return bytes;
  };
  const auto first = decode_message(of_kind(kFirstSkippable));
  ASSERT_TRUE(first);
  EXPECT_TRUE(std::holds_alternative<message::Skipped>(*first));
  EXPECT_EQ(message_error(of_kind(kFirstSkippable - 1)), ErrorCode::unsupported_version);
}

TEST(Message, NothingAtAllIsRefused) { EXPECT_EQ(message_error(Bytes()), ErrorCode::corrupt); }

TEST(Message, LongerThanAllowedIsRefusedUnread) {
  EXPECT_EQ(message_error(Bytes(limits::kMessageBytes + 1, '\xff')), ErrorCode::limit_exceeded);
  EXPECT_EQ(message_error(Bytes(limits::kMessageBytes, '\xff')), ErrorCode::corrupt);
}

TEST(Message, DamageNeverCrashes) {
  message::Vectors summary = vectors_of(2, 0);
  summary.kind = message::Vectors::Kind::summary;
  for (message::Vector& vector : summary.vectors) vector.depth = 1, vector.roots.resize(2);
  message::Vectors ranges = vectors_of(2, 2);
  for (message::Vector& vector : ranges.vectors) vector.depth = 3, vector.ranges = {1, 6};
  const Bytes kinds[] = {encode(Message(vectors_of(2, 2))), encode(Message(summary)),
                         encode(Message(ranges)),           encode(Message(message::Ack{{{}, {}}})),
                         encode(Message(piece_of(20))),     encode(Message(message::Hello{}))};
  std::size_t refused = 0;
  for (const Bytes& good : kinds) {
    each_damaged(good, [&](const Bytes& bytes) { refused += !decode_message(bytes); });
  }
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace relais::wire
