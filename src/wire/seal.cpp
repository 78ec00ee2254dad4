#include "wire/seal.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "wire/versions.h"

namespace relais::wire {
namespace {

constexpr int kSeqBytes = 6;  // holds limits::kLastSeq

Error corrupt() { return Error(ErrorCode::corrupt, "A seal can't be decoded."); }

void put_header(Bytes& out, const SealHeader& header) {
  out.push_back(static_cast<char>(kSealVersion));
  out.append(header.compartment.view()).append(header.device_key.view());
  out.append(header.instance.view());
  out.push_back(static_cast<char>(header.heads.size()));
  for (const SignedHead& head : header.heads) {
    for (int shift = 8 * (kSeqBytes - 1); shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(head.seq >> shift));
    }
    out.append(head.hash.view());
  }
}

Status read_heads(Reader& reader, std::size_t count, std::vector<SignedHead>& heads) {
  if (count > limits::kHeadsPerSeal) {
    return Error(ErrorCode::limit_exceeded, "A seal's list of heads is larger than allowed.");
  }
  heads.reserve(count);
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    SignedHead& head = heads.emplace_back();
    for (int byte = 0; byte < kSeqBytes; ++byte) head.seq = head.seq << 8 | reader.byte();
    head.hash = reader.id<crypto::Hash>();
    if (head.seq <= last) return corrupt();
    last = head.seq;
  }
  return {};
}

}  // namespace

Bytes signed_bytes(const SpaceId& space, const SealHeader& header) {
  Bytes out(space.view());
  put_header(out, header);
  return out;
}

Bytes encode(const Seal& seal) {
  Bytes out;
  put_header(out, seal.header);
  return out.append(seal.signature.view());
}

Result<Seal> decode_seal(BytesView bytes) {
  if (bytes.size() > limits::kSealBytes) {
    return Error(ErrorCode::limit_exceeded, "A seal is larger than allowed.");
  }
  Reader reader(bytes);
  const std::uint8_t version = reader.byte();
  if (version > kSealVersion) {
    return Error(ErrorCode::unsupported_version,
                 "A seal was made by a newer version of Relais: update this device.");
  }
  Seal seal;
  seal.header.compartment = reader.id<CompartmentId>();
  seal.header.device_key = reader.id<crypto::SigningPublicKey>();
  seal.header.instance = reader.id<decltype(seal.header.instance)>();
  RELAIS_TRY(read_heads(reader, reader.byte(), seal.header.heads));
  seal.signature = reader.id<crypto::Signature>();
  if (version == 0 || seal.header.heads.empty() || !reader.finished()) return corrupt();
  return seal;
}

}  // namespace relais::wire
