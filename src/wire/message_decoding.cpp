#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "relais/v1/message.pb.h"
#include "wire/messages.h"
#include "wire/proto.h"

namespace relais::wire {
namespace {

using DecodedMessage = Result<Message>;

Error bad_message() { return proto::corrupt("A message"); }
Error long_message() { return proto::too_long("Part of a message"); }

DecodedMessage decode(v1::Hello& from) {
  message::Hello to;
  to.version = from.version();
  if (to.version == 0 || !proto::take(from.control(), to.control) ||
      !proto::take(from.data(), to.data)) {
    return bad_message();
  }
  if (!from.checkpoint().empty() && !proto::take(from.checkpoint(), to.checkpoint.emplace())) {
    return bad_message();
  }
  to.opens = from.opens();
  return Message(to);
}

using Kind = message::Vectors::Kind;

void read_log(Reader& reader, message::LogEntry& log) {
  log.author = reader.id<AuthorId>();
  log.seq = reader.varint();
  if (log.seq > limits::kLastSeq) reader.fail();
  if (log.seq > 0) log.head = reader.id<HeadTag>();
}

void read_depth(Reader& reader, message::Vector& vector) {
  vector.depth = reader.byte();
  if (vector.depth > limits::kRangeDepth) reader.fail();
}

void read_roots(Reader& reader, message::Vector& vector) {
  for (std::size_t i = 0; i < std::size_t{1} << vector.depth && reader.ok(); ++i) {
    vector.roots.push_back(reader.id<Root>());
  }
}

void read_ranges(Reader& reader, message::Vector& vector) {
  for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const std::uint64_t range = reader.varint();
    const bool rises = vector.ranges.empty() || range > vector.ranges.back();
    if (!rises || range >> vector.depth != 0) return reader.fail();
    vector.ranges.push_back(static_cast<std::uint16_t>(range));
  }
}

// `logs_left`: the number of logs that the rest of the message may hold.
Status read_vector(Reader& reader, Kind kind, message::Vector& vector, std::size_t& logs_left) {
  vector.compartment = reader.id<CompartmentTag8>();
  if (kind == Kind::summary || kind == Kind::logs) read_depth(reader, vector);
  if (!reader.ok()) return bad_message();
  if (kind == Kind::summary) {
    read_roots(reader, vector);
    return {};
  }
  if (vector.depth > 0) read_ranges(reader, vector);
  const std::uint64_t count = reader.varint();
  if (!reader.ok()) return bad_message();
  if (count > logs_left) return long_message();
  logs_left -= static_cast<std::size_t>(count);
  // Memory grows with the bytes present, not with the announced count.
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    read_log(reader, vector.logs.emplace_back());
  }
  return {};
}

DecodedMessage decode(v1::Vectors& from) {
  message::Vectors to;
  if (from.kind() > static_cast<std::uint32_t>(Kind::agreed)) return bad_message();
  to.kind = static_cast<Kind>(from.kind());
  to.control = from.control();
  to.more = from.more();
  to.early = from.early();
  std::size_t logs_left = limits::kLogsPerPage;
  Reader reader(from.vectors());
  while (reader.ok() && !reader.at_end()) {
    if (to.vectors.size() == limits::kCompartments) return long_message();
    RELAIS_TRY(read_vector(reader, to.kind, to.vectors.emplace_back(), logs_left));
  }
  if (!reader.finished() || (to.kind == Kind::agreed && !to.vectors.empty())) return bad_message();
  return Message(std::move(to));
}

DecodedMessage decode(v1::Piece& from) {
  message::Piece to;
  to.log = from.log();
  to.early = from.early();
  to.first_seq = from.first_seq();
  if (to.log >= limits::kLogsPerStage || to.first_seq == 0 || to.first_seq > limits::kLastSeq ||
      from.entries().empty() == from.joint().empty()) {
    return bad_message();
  }
  if (from.entries().size() > limits::kLargestPieceBytes ||
      from.joint().size() > limits::kLargestPieceBytes || from.seal().size() > limits::kSealBytes) {
    return long_message();
  }
  to.seal = std::move(*from.mutable_seal());
  to.joint = !from.joint().empty();
  to.entries = std::move(to.joint ? *from.mutable_joint() : *from.mutable_entries());
  return Message(std::move(to));
}

DecodedMessage decode(v1::Ack& from) {
  message::Ack to;  // each log takes 3 bytes or more: the message's limit bounds their number
  Reader reader(from.logs());
  while (reader.ok() && !reader.at_end()) {
    auto& log = to.logs.emplace_back();
    const std::uint64_t index = reader.varint();
    if (index >= limits::kLogsPerStage) reader.fail();
    log.log = static_cast<std::uint32_t>(index);
    const std::uint64_t stored = reader.varint();
    log.stored = stored >> 2;
    log.verbatim = (stored & 2) != 0;
    log.refused = (stored & 1) != 0;
    log.durable = reader.varint();
    if (log.stored > limits::kLastSeq || log.durable > log.stored) reader.fail();
  }
  if (!reader.finished()) return bad_message();
  return Message(std::move(to));
}

DecodedMessage decode(v1::Done& from) {
  message::Done to;
  to.control = from.control();
  to.left_out = from.left_out();
  if (!proto::take(from.root(), to.root) || to.left_out > limits::kLogsPerStage) {
    return bad_message();
  }
  return Message(to);
}

DecodedMessage decode(v1::Welcome& from) {
  if (from.certificate().size() > limits::kCertificateBytes) return long_message();
  return Message(message::Welcome{std::move(*from.mutable_certificate())});
}

DecodedMessage decode(v1::Proof& from) {
  message::Proof to;
  if (from.chain().size() > limits::kCertificateChainBytes) return long_message();
  if (!proto::take(from.signature(), to.signature)) return bad_message();
  to.chain = std::move(*from.mutable_chain());
  return Message(std::move(to));
}

DecodedMessage decode_seal_message(Bytes& seal) {
  if (seal.size() > limits::kSealBytes) return long_message();
  return Message(message::Seal{std::move(seal)});
}

/// The field number of the message's only field, which this version doesn't know.
std::uint32_t kind_of(BytesView bytes) {
  Reader reader(bytes);
  const std::uint64_t tag = reader.varint();
  return reader.ok() ? static_cast<std::uint32_t>(tag >> 3) : 0;
}

}  // namespace

Result<Message> decode_message(BytesView bytes) {
  RELAIS_ASSIGN(auto from, proto::parse<v1::Message>(bytes, limits::kMessageBytes, "A message"));
  switch (from.kind_case()) {
    case v1::Message::kHello: return decode(*from.mutable_hello());
    case v1::Message::kVectors: return decode(*from.mutable_vectors());
    case v1::Message::kSeal: return decode_seal_message(*from.mutable_seal());
    case v1::Message::kPiece: return decode(*from.mutable_piece());
    case v1::Message::kAck: return decode(*from.mutable_ack());
    case v1::Message::kDone: return decode(*from.mutable_done());
    case v1::Message::kWelcome: return decode(*from.mutable_welcome());
    case v1::Message::kProof: return decode(*from.mutable_proof());
    case v1::Message::KIND_NOT_SET: break;
  }
  // A message that parses and sets no kind holds only unknown fields.
  if (bytes.empty()) return bad_message();
  if (kind_of(bytes) >= kFirstSkippable) return Message(message::Skipped{});
  return proto::too_new("A message");
}

}  // namespace relais::wire
