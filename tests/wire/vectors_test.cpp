#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "wire/message_sample.h"

namespace relais::wire {
namespace {

using Kind = message::Vectors::Kind;

void expect_log(const message::LogEntry& log, const message::LogEntry& expected) {
  EXPECT_EQ(log.author, expected.author);
  EXPECT_EQ(log.seq, expected.seq);
  EXPECT_EQ(log.head, expected.head);
}

TEST(Vectors, OfLogsComeBackAsTheyWere) {
  const message::LogEntry first{counting_from<AuthorId>(3), 300, counting_from<HeadTag>(8)};
  const message::LogEntry last{counting_from<AuthorId>(4), limits::kLastSeq,
                               counting_from<HeadTag>(9)};
  message::Vectors vectors;
  vectors.control = true;
  vectors.vectors = {{counting_from<CompartmentTag8>(1), 0, {}, {}, {first, last}},
                     {counting_from<CompartmentTag8>(4), 0, {}, {}, {}},
                     {counting_from<CompartmentTag8>(6), 8, {}, {0, 1, 127, 128, 255}, {first}},
                     {counting_from<CompartmentTag8>(7), 1, {}, {1}, {}}};
  const auto back = round_trip(vectors);
  EXPECT_EQ(back.kind, Kind::logs);
  EXPECT_TRUE(back.control);
  EXPECT_FALSE(back.more);
  EXPECT_FALSE(back.early);
  ASSERT_EQ(back.vectors.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(back.vectors[i].compartment, vectors.vectors[i].compartment);
    EXPECT_EQ(back.vectors[i].depth, vectors.vectors[i].depth);
    EXPECT_EQ(back.vectors[i].ranges, vectors.vectors[i].ranges);
    EXPECT_TRUE(back.vectors[i].roots.empty());
    ASSERT_EQ(back.vectors[i].logs.size(), vectors.vectors[i].logs.size());
  }
  expect_log(back.vectors[0].logs[0], first);
  expect_log(back.vectors[0].logs[1], last);
  expect_log(back.vectors[2].logs[0], first);
  vectors.more = true;
  EXPECT_TRUE(round_trip(vectors).more);
}

TEST(Vectors, OfASummaryComeBackAsTheyWere) {
  message::Vectors vectors;
  vectors.kind = Kind::summary;
  vectors.early = true;
  vectors.vectors = {
      {counting_from<CompartmentTag8>(1), 0, {counting_from<Root>(2)}, {}, {}},
      {counting_from<CompartmentTag8>(3),
       2,
       {counting_from<Root>(4), counting_from<Root>(5), Root{}, counting_from<Root>(6)},
       {},
       {}}};
  const auto back = round_trip(vectors);
  EXPECT_EQ(back.kind, Kind::summary);
  EXPECT_TRUE(back.early);
  ASSERT_EQ(back.vectors.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(back.vectors[i].compartment, vectors.vectors[i].compartment);
    EXPECT_EQ(back.vectors[i].depth, vectors.vectors[i].depth);
    EXPECT_EQ(back.vectors[i].roots, vectors.vectors[i].roots);
    EXPECT_TRUE(back.vectors[i].ranges.empty() && back.vectors[i].logs.empty());
  }
}

TEST(Vectors, OfDifferencesAndChangesNameLogsThatAreNotHeldToo) {
  for (const Kind kind : {Kind::differences, Kind::changes}) {
    message::Vectors vectors;
    vectors.kind = kind;
    vectors.vectors = {{counting_from<CompartmentTag8>(1),
                        0,
                        {},
                        {},
                        {{counting_from<AuthorId>(2), 0, {}},
                         {counting_from<AuthorId>(3), 7, counting_from<HeadTag>(4)}}}};
    const auto back = round_trip(vectors);
    EXPECT_EQ(back.kind, kind);
    ASSERT_EQ(back.vectors.size(), 1u);
    EXPECT_EQ(back.vectors[0].compartment, vectors.vectors[0].compartment);
    ASSERT_EQ(back.vectors[0].logs.size(), 2u);
    expect_log(back.vectors[0].logs[0], vectors.vectors[0].logs[0]);
    expect_log(back.vectors[0].logs[1], vectors.vectors[0].logs[1]);
  }
}

TEST(Vectors, OfAnAgreementAreNone) {
  message::Vectors agreed;
  agreed.kind = Kind::agreed;
  EXPECT_LE(encode(Message(agreed)).size(), 4u);
  EXPECT_EQ(round_trip(agreed).kind, Kind::agreed);
  agreed.vectors.resize(1);
  EXPECT_EQ(message_error(Message(agreed)), ErrorCode::corrupt);
}

/// Vectors whose fields are written by hand.
Bytes raw_vectors(std::uint64_t kind, const Bytes& field) {
  Bytes vectors("\x12");
  put_sized(vectors, field);
  vectors.push_back('\x20');
  put_varint(vectors, kind);
  Bytes bytes("\x12");
  put_sized(bytes, vectors);
  return bytes;
}

TEST(Vectors, OfAKindNotKnownHereAreRefused) {
  EXPECT_TRUE(decode_message(raw_vectors(4, "")));
  EXPECT_EQ(message_error(raw_vectors(5, "")), ErrorCode::corrupt);
  EXPECT_EQ(message_error(raw_vectors(256, "")), ErrorCode::corrupt);
}

TEST(Vectors, AreDividedUpToALimit) {
  message::Vectors vectors = vectors_of(1, 0);
  vectors.vectors[0].depth = limits::kRangeDepth;
  EXPECT_EQ(round_trip(vectors).vectors[0].depth, limits::kRangeDepth);
  ++vectors.vectors[0].depth;
  EXPECT_EQ(message_error(Message(vectors)), ErrorCode::corrupt);
  vectors.kind = Kind::summary;
  vectors.vectors[0].depth = limits::kRangeDepth;
  vectors.vectors[0].roots.resize(std::size_t{1} << limits::kRangeDepth);
  EXPECT_EQ(round_trip(vectors).vectors[0].roots.size(), 256u);
  ++vectors.vectors[0].depth;
  vectors.vectors[0].roots.resize(std::size_t{2} << limits::kRangeDepth);
  EXPECT_EQ(message_error(Message(vectors)), ErrorCode::corrupt);
}

TEST(Vectors, WithMoreOrFewerRootsThanRangesAreRefused) {
  for (const std::size_t roots : {3u, 5u}) {
    message::Vectors vectors = vectors_of(1, 0);
    vectors.kind = Kind::summary;
    vectors.vectors[0].depth = 2;
    vectors.vectors[0].roots.resize(roots);
    EXPECT_EQ(message_error(Message(vectors)), ErrorCode::corrupt);
  }
}

TEST(Vectors, WithRangesThatDontRiseOrDontExistAreRefused) {
  const auto with = [](std::vector<std::uint16_t> ranges) {
    message::Vectors vectors = vectors_of(1, 0);
    vectors.vectors[0].depth = 2;
    vectors.vectors[0].ranges = std::move(ranges);
    return Message(vectors);
  };
  EXPECT_TRUE(decode_message(encode(with({}))));
  EXPECT_TRUE(decode_message(encode(with({0, 1, 2, 3}))));
  EXPECT_EQ(message_error(with({1, 1})), ErrorCode::corrupt);
  EXPECT_EQ(message_error(with({2, 1})), ErrorCode::corrupt);
  EXPECT_EQ(message_error(with({4})), ErrorCode::corrupt);
  EXPECT_EQ(message_error(with({65'535})), ErrorCode::corrupt);
}

TEST(Vectors, NameALogInAFewBytes) {
  const std::size_t one = encode(Message(vectors_of(1, 1))).size();
  const std::size_t two = encode(Message(vectors_of(1, 2))).size();
  EXPECT_EQ(two - one, 16u + 1u + 8u);  // author, seq, head
}

TEST(Vectors, HoldAsManyLogsAsAPageAndNotOneMore) {
  const auto most = round_trip(vectors_of(2, limits::kLogsPerPage / 2));
  EXPECT_EQ(most.vectors[1].logs.size(), limits::kLogsPerPage / 2);
  message::Vectors more = vectors_of(2, limits::kLogsPerPage / 2);
  more.vectors[1].logs.emplace_back();
  EXPECT_EQ(message_error(Message(more)), ErrorCode::limit_exceeded);
}

TEST(Vectors, HoldAsManyCompartmentsAsAllowedAndNotOneMore) {
  EXPECT_EQ(round_trip(vectors_of(limits::kCompartments, 0)).vectors.size(), limits::kCompartments);
  EXPECT_EQ(message_error(Message(vectors_of(limits::kCompartments + 1, 0))),
            ErrorCode::limit_exceeded);
}

TEST(Vectors, WithASeqBeyondTheLastAreRefused) {
  message::Vectors vectors = vectors_of(1, 1);
  vectors.vectors[0].logs[0].seq = limits::kLastSeq;
  EXPECT_EQ(round_trip(vectors).vectors[0].logs[0].seq, limits::kLastSeq);
  ++vectors.vectors[0].logs[0].seq;
  EXPECT_EQ(message_error(Message(vectors)), ErrorCode::corrupt);
}

TEST(Vectors, ThatAnnounceLogsWithoutThemAreRefusedBeforeMemoryIsTaken) {
  Bytes field = Bytes(8, 'v') + Bytes(1, '\0');  // a compartment of depth 0
  put_varint(field, limits::kLogsPerPage);       // this many announced, none present
  EXPECT_EQ(message_error(raw_vectors(0, field)), ErrorCode::corrupt);
  field.erase(9);
  put_varint(field, limits::kLogsPerPage + 1);
  EXPECT_EQ(message_error(raw_vectors(0, field)), ErrorCode::limit_exceeded);
  field.erase(9);
  field[8] = 8;
  put_varint(field, ~std::uint64_t{0});  // ranges
  EXPECT_EQ(message_error(raw_vectors(0, field)), ErrorCode::corrupt);
}

TEST(VectorsMessage, OfADepthThatNoShiftAllowsIsRefused) {
  Bytes vectors(8, 'x');
  vectors.push_back('\xff');
  for (const char kind : {0, 1}) {
    Bytes fields("\x12\x09");
    fields += vectors;
    if (kind != 0) fields += Bytes("\x20\x01");
    Bytes message("\x12");
    message.push_back(static_cast<char>(fields.size()));
    const auto decoded = decode_message(message + fields);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code(), ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace relais::wire
