#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "crypto/crypto.h"
#include "relais/ids.h"
#include "wire/records.h"
#include "wire/seal.h"

/// The types of a log. docs/spec/log.md has the formats.
namespace relais::log {

using Instance = decltype(wire::SealHeader::instance);
using wire::EpochId;
using wire::SignedHead;

struct LogId {
  CompartmentId compartment;
  AuthorId author;
  auto operator<=>(const LogId&) const = default;
};

/// The chain of a log up to `seq` hashes to `hash`. seq 0: the empty log.
struct Head {
  std::uint64_t seq = 0;
  crypto::Hash hash;
  bool operator==(const Head&) const = default;
};

DeviceId device_id(const crypto::SigningPublicKey& key);
AuthorId author_id(const crypto::SigningPublicKey& key, const Instance& instance);
CompartmentId compartment_id(const SpaceId& space, std::string_view scope, std::string_view label);
/// The control compartment of a space. No scope and label give its id.
CompartmentId control_compartment(const SpaceId& space);

/// h_0 = H("log", space, compartment, author).
Head genesis(const SpaceId& space, const LogId& log);

/// Starts a run of blocks under one key. `plain`: control, whose blocks are not encrypted.
struct RunHeader {
  enum class Format : std::uint8_t { sealed = 1, plain = 2 };
  Format format = Format::sealed;
  EpochId epoch;                ///< sealed only
  Id<struct SaltTag, 16> salt;  ///< sealed only; fresh at every opening, epoch and write error
  std::uint8_t dictionary = 0;  ///< 0: blocks aren't compressed
  std::uint32_t packer = 0;     ///< sealed only; log::current_packer() of the author; 0: not said
  bool operator==(const RunHeader&) const = default;
};
/// docs/spec/log.md, "Run header".
Bytes encode(const RunHeader& header);
/// Fails: corrupt; limit_exceeded; unsupported_version for an unknown format.
Result<RunHeader> decode_run_header(BytesView bytes);

/// One block as it is stored and sent.
struct Entry {
  bool transaction_end = false;
  BytesView block;
};

/// The AEAD's associated data of a block, which is a step's input without H(block): h_{n-1} (32) |
/// n (8, big-endian) | H(run header) (32) | transaction end (1).
class Associated {
 public:
  Associated(const Head& before, const crypto::Hash& run_header, bool transaction_end);
  BytesView view() const { return {bytes_.data(), bytes_.size()}; }
  std::uint64_t seq() const { return seq_; }
  operator BytesView() const { return view(); }  // NOLINT

 private:
  std::uint64_t seq_;
  std::array<char, 32 + 8 + 32 + 1> bytes_;
};

inline Associated associated_data(const Head& before, const crypto::Hash& run_header,
                                  bool transaction_end) {
  return {before, run_header, transaction_end};
}
/// h_n = H("step", associated, H("block", block)), where n = `seq`.
Head step(BytesView associated, std::uint64_t seq, BytesView block);
crypto::Hash hash_run_header(BytesView encoded);

}  // namespace relais::log
