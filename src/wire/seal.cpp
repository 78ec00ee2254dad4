#include "wire/seal.h"

#include "base/limits.h"
#include "base/try.h"
#include "relais/v1/seal.pb.h"
#include "wire/proto.h"
#include "wire/versions.h"

namespace relais::wire {
namespace {

Status decode_heads(const v1::SealHeader& from, std::vector<SignedHead>& heads) {
  const auto count = static_cast<std::size_t>(from.heads_size());
  if (count > limits::kHeadsPerSeal) return proto::too_long("a seal's list of heads");
  if (count == 0) return proto::corrupt("a seal without heads");
  heads.reserve(count);
  std::uint64_t last = 0;
  for (const v1::SignedHead& head : from.heads()) {
    SignedHead& to = heads.emplace_back();
    to.seq = head.seq();
    if (to.seq <= last || to.seq > limits::kLastSeq || !proto::take(head.hash(), to.hash)) {
      return proto::corrupt("a seal's head");
    }
    last = to.seq;
  }
  return {};
}

}  // namespace

Bytes encode(const SealHeader& header) {
  v1::SealHeader to;
  to.set_version(kSealVersion);
  to.set_space(proto::to_field(header.space));
  to.set_compartment(proto::to_field(header.compartment));
  to.set_device_key(proto::to_field(header.device_key));
  to.set_instance(proto::to_field(header.instance));
  for (const SignedHead& head : header.heads) {
    v1::SignedHead* added = to.add_heads();
    added->set_seq(head.seq);
    added->set_hash(proto::to_field(head.hash));
  }
  return proto::serialise(to);
}

Result<SealHeader> decode_seal_header(BytesView bytes) {
  RELAIS_ASSIGN(const auto from, proto::parse<v1::SealHeader>(bytes, limits::kSealBytes, "a seal"));
  if (from.version() > kSealVersion) return proto::too_new("a seal");
  SealHeader header;
  if (from.version() == 0 || !proto::take(from.space(), header.space) ||
      !proto::take(from.compartment(), header.compartment) ||
      !proto::take(from.device_key(), header.device_key) ||
      !proto::take(from.instance(), header.instance)) {
    return proto::corrupt("a seal");
  }
  RELAIS_TRY(decode_heads(from, header.heads));
  return header;
}

Bytes encode(const Seal& seal) {
  v1::Seal to;
  to.set_header(seal.header);
  to.set_signature(proto::to_field(seal.signature));
  return proto::serialise(to);
}

Result<Seal> decode_seal(BytesView bytes) {
  RELAIS_ASSIGN(auto from, proto::parse<v1::Seal>(bytes, limits::kSealBytes, "a seal"));
  Seal seal;
  if (!proto::take(from.signature(), seal.signature)) return proto::corrupt("a seal's signature");
  seal.header = std::move(*from.mutable_header());
  return seal;
}

}  // namespace relais::wire
