#include "wire/messages.h"

#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "wire/sample.h"

namespace relais::wire {
namespace {

template <class Kind>
Kind round_trip(const Kind& message) {
  const auto decoded = decode_message(encode(Message(message)));
  EXPECT_TRUE(decoded);
  const Kind* kind = decoded ? std::get_if<Kind>(&*decoded) : nullptr;
  EXPECT_NE(kind, nullptr);
  return kind == nullptr ? Kind{} : *kind;
}

ErrorCode message_error(const Bytes& bytes) {
  const auto decoded = decode_message(bytes);
  EXPECT_FALSE(decoded);
  return decoded ? ErrorCode::not_found : decoded.error().code();
}
ErrorCode message_error(const Message& message) { return message_error(encode(message)); }

message::Vectors vectors_of(std::size_t compartments, std::size_t logs) {
  message::Vectors vectors;
  vectors.vectors.resize(compartments);
  for (message::Vector& vector : vectors.vectors) {
    vector.has_logs = logs > 0;
    vector.logs.resize(logs);
    for (message::LogEntry& log : vector.logs) log.author_index = 1;
  }
  return vectors;
}

message::Piece piece_of(std::size_t bytes) {
  return {counting_from<CompartmentId>(1), counting_from<AuthorId>(2), 3, Bytes(bytes, 'e')};
}

TEST(Message, AHelloIsSmallAndComesBack) {
  const message::Hello hello{1, counting_from<Root>(1), counting_from<Root>(2)};
  EXPECT_LE(encode(Message(hello)).size(), 45u);
  const auto back = round_trip(hello);
  EXPECT_EQ(back.version, 1u);
  EXPECT_EQ(back.control, hello.control);
  EXPECT_EQ(back.data, hello.data);
}

TEST(Message, AHelloOfALaterVersionIsForThePeerToJudge) {
  EXPECT_EQ(round_trip(message::Hello{7, {}, {}}).version, 7u);
  EXPECT_EQ(message_error(Message(message::Hello{0, {}, {}})), ErrorCode::corrupt);
}

TEST(Message, ADoneIsSmallAndComesBack) {
  const message::Done done{true, counting_from<Root>(1)};
  EXPECT_LE(encode(Message(done)).size(), 24u);
  EXPECT_TRUE(round_trip(done).control);
  EXPECT_EQ(round_trip(done).root, done.root);
}

TEST(Message, VectorsComeBackAsTheyWere) {
  message::Vectors vectors;
  vectors.control = true;
  message::Vector asked{counting_from<CompartmentTag8>(1), counting_from<Root>(2), true, {}};
  asked.logs.push_back(
      {.author_index = 5, .author = {}, .seq = 300, .prefix = counting_from<HeadPrefix>(8)});
  asked.logs.push_back({.author_index = 0,
                        .author = counting_from<AuthorId>(3),
                        .seq = limits::kLastSeq,
                        .prefix = counting_from<HeadPrefix>(9)});
  vectors.vectors = {asked,
                     {counting_from<CompartmentTag8>(4), counting_from<Root>(5), false, {}},
                     {counting_from<CompartmentTag8>(6), counting_from<Root>(7), true, {}}};
  const auto back = round_trip(vectors);
  EXPECT_TRUE(back.control);
  EXPECT_FALSE(back.more);
  ASSERT_EQ(back.vectors.size(), 3u);
  EXPECT_EQ(back.vectors[0].compartment, asked.compartment);
  EXPECT_EQ(back.vectors[0].root, asked.root);
  ASSERT_EQ(back.vectors[0].logs.size(), 2u);
  EXPECT_EQ(back.vectors[0].logs[0].author_index, 5u);
  EXPECT_EQ(back.vectors[0].logs[0].seq, 300u);
  EXPECT_EQ(back.vectors[0].logs[0].prefix, counting_from<HeadPrefix>(8));
  EXPECT_EQ(back.vectors[0].logs[1].author, counting_from<AuthorId>(3));
  EXPECT_EQ(back.vectors[0].logs[1].seq, limits::kLastSeq);
  EXPECT_FALSE(back.vectors[1].has_logs);
  EXPECT_TRUE(back.vectors[2].has_logs);  // a shared compartment, still empty
  EXPECT_TRUE(back.vectors[2].logs.empty());
  vectors.more = true;
  EXPECT_TRUE(round_trip(vectors).more);
}

TEST(Message, ALogOfAKnownAuthorTakesOneByteForItsName) {
  const std::size_t none = encode(Message(vectors_of(1, 1))).size();
  const std::size_t one = encode(Message(vectors_of(1, 2))).size();
  EXPECT_EQ(one - none, 1u + 1u + 16u);  // index, seq, prefix
}

TEST(Message, LogsAreTakenUpToTheirLimitOverAllCompartments) {
  round_trip(vectors_of(2, limits::kLogsPerPage / 2));
  message::Vectors more = vectors_of(2, limits::kLogsPerPage / 2);
  more.vectors[1].logs.push_back({});
  EXPECT_EQ(message_error(Message(more)), ErrorCode::limit_exceeded);
}

TEST(Message, CompartmentsAreTakenUpToTheirLimit) {
  EXPECT_EQ(round_trip(vectors_of(limits::kCompartments, 0)).vectors.size(), limits::kCompartments);
  EXPECT_EQ(message_error(Message(vectors_of(limits::kCompartments + 1, 0))),
            ErrorCode::limit_exceeded);
}

TEST(Message, AnAuthorIndexIsTakenUpToItsLimit) {
  message::Vectors vectors = vectors_of(1, 1);
  vectors.vectors[0].logs[0].author_index = limits::kLogsPerStage;
  EXPECT_EQ(round_trip(vectors).vectors[0].logs[0].author_index, limits::kLogsPerStage);
  ++vectors.vectors[0].logs[0].author_index;
  EXPECT_EQ(message_error(Message(vectors)), ErrorCode::corrupt);
}

TEST(Message, ACountWithoutTheLogsIsRefusedBeforeMemoryIsTaken) {
  Bytes field(24, 'v');
  put_varint(field, limits::kLogsPerPage + 1);  // this many announced, none present
  Bytes vectors("\x12");
  put_sized(vectors, field);
  Bytes bytes("\x12");
  put_sized(bytes, vectors);
  EXPECT_EQ(message_error(bytes), ErrorCode::corrupt);
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
  EXPECT_EQ(back.compartment, counting_from<CompartmentId>(1));
  EXPECT_EQ(back.author, counting_from<AuthorId>(2));
  EXPECT_EQ(back.first_seq, 3u);
  EXPECT_EQ(back.entries, Bytes(limits::kLargestPieceBytes, 'e'));
  EXPECT_EQ(message_error(Message(piece_of(limits::kLargestPieceBytes + 1))),
            ErrorCode::limit_exceeded);
}

TEST(Message, APieceOfNothingOrFromNowhereIsRefused) {
  EXPECT_EQ(message_error(Message(piece_of(0))), ErrorCode::corrupt);
  message::Piece piece = piece_of(10);
  piece.first_seq = 0;
  EXPECT_EQ(message_error(Message(piece)), ErrorCode::corrupt);
  piece.first_seq = limits::kLastSeq + 1;
  EXPECT_EQ(message_error(Message(piece)), ErrorCode::corrupt);
}

TEST(Message, AnAckComesBackUpToItsLimit) {
  message::Ack ack;
  ack.logs.push_back({counting_from<CompartmentId>(1), counting_from<AuthorId>(2), 900, 30});
  const auto back = round_trip(ack);
  ASSERT_EQ(back.logs.size(), 1u);
  EXPECT_EQ(back.logs[0].compartment, counting_from<CompartmentId>(1));
  EXPECT_EQ(back.logs[0].author, counting_from<AuthorId>(2));
  EXPECT_EQ(back.logs[0].stored, 900u);
  EXPECT_EQ(back.logs[0].durable, 30u);
  // As many as the size limit of the message permits.
  const std::size_t fit = (limits::kMessageBytes - 16) / (32 + 3);
  ack.logs.assign(fit, ack.logs[0]);
  EXPECT_EQ(round_trip(ack).logs.size(), fit);
  ack.logs.assign(fit + 1, ack.logs[0]);
  EXPECT_EQ(message_error(Message(ack)), ErrorCode::limit_exceeded);
}

TEST(Message, ARefusalComesBackInAnAckAndItsCountInADone) {
  message::Ack ack;
  ack.logs.push_back({{}, {}, limits::kLastSeq, 7, true});
  const auto back = round_trip(ack);
  EXPECT_TRUE(back.logs[0].refused);
  EXPECT_EQ(back.logs[0].stored, limits::kLastSeq);
  message::Done done{false, {}, static_cast<std::uint32_t>(limits::kLogsPerStage)};
  EXPECT_EQ(round_trip(done).left_out, limits::kLogsPerStage);
  ++done.left_out;
  EXPECT_EQ(message_error(Message(done)), ErrorCode::corrupt);
}
TEST(Message, AnAckOfMoreDurableThanStoredIsRefused) {
  message::Ack ack;
  ack.logs.push_back({{}, {}, 29, 30});
  EXPECT_EQ(message_error(Message(ack)), ErrorCode::corrupt);
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
  message::Ack ack;
  ack.logs.resize(2);
  const Bytes kinds[] = {encode(Message(vectors_of(2, 2))), encode(Message(ack)),
                         encode(Message(piece_of(20))), encode(Message(message::Hello{}))};
  std::size_t refused = 0;
  for (const Bytes& good : kinds) {
    each_damaged(good, [&](const Bytes& bytes) { refused += !decode_message(bytes); });
  }
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace relais::wire
