#include "log/short_seal.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::log {
namespace {

constexpr std::uint8_t kVersion = 1;

Error bad_seal() { return Error(ErrorCode::corrupt, "A seal can't be decoded."); }

/// The hash that a piece, or what is held before it, gives a head.
Result<crypto::Hash> known_hash(std::uint64_t seq, const VerifiedPiece& piece,
                                const HeldLog& held) {
  if (seq == piece.after().seq) return piece.after().hash;
  if (seq >= piece.before().seq) {
    return piece.item(static_cast<std::size_t>(seq - piece.before().seq)).before;
  }
  return held.hash_at(seq);
}

}  // namespace

Bytes encode_short(const wire::Seal& seal, std::uint64_t piece_end, bool with_author) {
  Bytes out;
  out.push_back(static_cast<char>(kVersion << 1 | (with_author ? 1 : 0)));
  if (with_author) out.append(seal.header.device_key.view()).append(seal.header.instance.view());
  put_varint(out, seal.header.heads.size());
  std::uint64_t before = 0;
  for (const SignedHead& head : seal.header.heads) {
    put_varint(out, head.seq - before);
    if (head.seq > piece_end) out.append(head.hash.view());
    before = head.seq;
  }
  return out.append(seal.signature.view());
}

Result<ShortSeal> decode_short_seal(BytesView bytes, std::uint64_t piece_end) {
  ShortSeal seal;
  Reader reader(bytes);
  const std::uint8_t first = reader.byte();
  if (first >> 1 > kVersion)
    return Error(ErrorCode::unsupported_version,
                 "A seal was made by a newer version of Relais: update this device.");
  if (first >> 1 != kVersion) return bad_seal();
  if ((first & 1) != 0) {
    SealAuthor& author = seal.author.emplace();
    author.device_key = reader.id<crypto::SigningPublicKey>();
    author.instance = reader.id<decltype(author.instance)>();
  }
  const std::uint64_t count = reader.varint();
  if (count == 0) return bad_seal();
  if (count > limits::kHeadsPerSeal)
    return Error(ErrorCode::limit_exceeded, "A seal is larger than allowed.");
  std::uint64_t seq = 0;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    const std::uint64_t step = reader.varint();
    if (step == 0 || step > limits::kLastSeq - seq) return bad_seal();
    seq += step;
    ShortSeal::Head& head = seal.heads.emplace_back();
    head.seq = seq;
    if (seq > piece_end) head.hash = reader.id<crypto::Hash>();
  }
  seal.signature = reader.id<crypto::Signature>();
  if (!reader.finished()) return bad_seal();
  return seal;
}

Result<wire::Seal> restore(const ShortSeal& seal, const VerifiedPiece& piece, const HeldLog& held) {
  const std::optional<SealAuthor>& author = seal.author ? seal.author : held.author;
  if (!author) return Error(ErrorCode::corrupt, "A seal doesn't name its author.");
  wire::Seal whole;
  whole.header.compartment = piece.log().compartment;
  whole.header.device_key = author->device_key;
  whole.header.instance = author->instance;
  whole.signature = seal.signature;
  for (const ShortSeal::Head& head : seal.heads) {
    SignedHead& to = whole.header.heads.emplace_back();
    to.seq = head.seq;
    if (head.hash) {
      to.hash = *head.hash;
    } else {
      RELAIS_ASSIGN(to.hash, known_hash(head.seq, piece, held));
    }
  }
  return whole;
}

}  // namespace relais::log
