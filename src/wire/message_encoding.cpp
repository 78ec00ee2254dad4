#include "base/coding.h"
#include "relais/v1/message.pb.h"
#include "wire/messages.h"
#include "wire/proto.h"

namespace relais::wire {
namespace {

using Kind = message::Vectors::Kind;

void put_log(Bytes& out, const message::LogEntry& log) {
  out.append(log.author.view());
  put_varint(out, log.seq);
  if (log.seq > 0) out.append(log.head.view());
}

void put_ranges(Bytes& out, const std::vector<std::uint16_t>& ranges) {
  put_varint(out, ranges.size());
  for (const std::uint16_t range : ranges) put_varint(out, range);
}

Bytes vectors_field(Kind kind, const std::vector<message::Vector>& vectors) {
  Bytes out;
  for (const message::Vector& vector : vectors) {
    out.append(vector.compartment.view());
    if (kind == Kind::summary || kind == Kind::logs) out.push_back(static_cast<char>(vector.depth));
    if (kind == Kind::summary) {
      for (const Root& root : vector.roots) out.append(root.view());
      continue;
    }
    if (vector.depth > 0) put_ranges(out, vector.ranges);
    put_varint(out, vector.logs.size());
    for (const message::LogEntry& log : vector.logs) put_log(out, log);
  }
  return out;
}

Bytes ack_field(const std::vector<message::Ack::Stored>& logs) {
  Bytes out;
  for (const message::Ack::Stored& log : logs) {
    put_varint(out, log.log);
    put_varint(out, log.stored << 2 | (log.verbatim ? 2 : 0) | (log.refused ? 1 : 0));
    put_varint(out, log.durable);
  }
  return out;
}

// Large fields are moved in, so that they are copied once, into the encoding.
struct MessageEncoder {
  v1::Message& to;

  void operator()(message::Hello& hello) const {
    auto* out = to.mutable_hello();
    out->set_version(hello.version);
    out->set_control(proto::to_field(hello.control));
    out->set_data(proto::to_field(hello.data));
    if (hello.checkpoint) out->set_checkpoint(proto::to_field(*hello.checkpoint));
    out->set_opens(hello.opens);
  }
  void operator()(message::Vectors& vectors) const {
    auto* out = to.mutable_vectors();
    out->set_kind(static_cast<std::uint32_t>(vectors.kind));
    out->set_control(vectors.control);
    out->set_more(vectors.more);
    out->set_early(vectors.early);
    out->set_vectors(vectors_field(vectors.kind, vectors.vectors));
  }
  void operator()(message::Seal& seal) const { to.set_seal(std::move(seal.seal)); }
  void operator()(message::Piece& piece) const {
    auto* out = to.mutable_piece();
    out->set_log(piece.log);
    out->set_early(piece.early);
    out->set_first_seq(piece.first_seq);
    out->set_seal(std::move(piece.seal));
    if (piece.joint) {
      out->set_joint(std::move(piece.entries));
    } else {
      out->set_entries(std::move(piece.entries));
    }
  }
  void operator()(message::Ack& ack) const { to.mutable_ack()->set_logs(ack_field(ack.logs)); }
  void operator()(message::Done& done) const {
    auto* out = to.mutable_done();
    out->set_control(done.control);
    out->set_root(proto::to_field(done.root));
    out->set_left_out(done.left_out);
  }
  void operator()(message::Welcome& welcome) const {
    to.mutable_welcome()->set_certificate(std::move(welcome.certificate));
  }
  void operator()(message::Proof& proof) const {
    auto* out = to.mutable_proof();
    out->set_chain(std::move(proof.chain));
    out->set_signature(proto::to_field(proof.signature));
  }
  void operator()(message::Skipped&) const {}
};

}  // namespace

Bytes encode(Message message) {
  v1::Message to;
  std::visit(MessageEncoder{to}, message);
  return proto::serialise(to);
}

}  // namespace relais::wire
