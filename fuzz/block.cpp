// Blocks and run headers: the contents are encrypted again with the test's key, so that the code
// behind the tag is reached. docs/spec/log.md, "Block" and "Run header".
#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "log/author.h"
#include "log/packing.h"

namespace relais::fuzz {
namespace {

constexpr BytesView kAssociated = "where it stands";

struct Codec {
  log::TestAuthor author;
  log::BlockCodec codec;
  log::Packer packer;
  crypto::SymmetricKey key = author.key();
};

Codec& shared() {
  static Codec codec;
  return codec;
}

void check_run_header(BytesView bytes) {
  const auto header = log::decode_run_header(bytes);
  if (!header) return check_error(header.error());
  RELAIS_CHECK(log::encode(*header) == bytes);
}

/// A sealed block opens, and no longer opens after a byte of it or of its place is changed.
void close_and_open(Input& input, const log::RunHeader& run, std::uint64_t seq) {
  Codec& with = shared();
  Bytes change(input.sized());
  if (input.below(8) == 7) change.resize(1 + input.u16() * std::size_t{4}, 'x');
  if (change.empty() || change.size() > limits::kChangeBytes) return;
  Bytes block, opened;
  with.codec.close(block, run, with.key, seq, kAssociated, change);
  RELAIS_CHECK(block.size() <= change.size() + log::kBlockOverhead);
  RELAIS_CHECK(with.codec.open(opened, run, with.key, seq, kAssociated, block).has_value());
  RELAIS_CHECK(opened == change);
  RELAIS_CHECK(!with.codec.open(opened, run, with.key, seq ^ 1, kAssociated, block));
  RELAIS_CHECK(!with.codec.open(opened, run, with.key, seq, "elsewhere", block) && opened.empty());
  if (mutate(input, block)) {
    RELAIS_CHECK(!with.codec.open(opened, run, with.key, seq, kAssociated, block));
    RELAIS_CHECK(opened.empty());
  }
}

/// Any plaintext under a valid tag: invented, or of a real block and damaged.
void open_crafted(Input& input, const log::RunHeader& run, std::uint64_t seq) {
  Codec& with = shared();
  Bytes packed(input.sized());
  const std::uint8_t dictionary = run.dictionary == log::kCurrentDictionary ? run.dictionary : 0;
  if (input.chance()) packed = Bytes(with.packer.pack(packed, dictionary));
  mutate(input, packed);
  Bytes block, opened;
  crypto::seal(block, with.key, seq, kAssociated, packed);
  const Status done = with.codec.open(opened, run, with.key, seq, kAssociated, block);
  RELAIS_CHECK(opened.size() <= limits::kChangeBytes);
  if (!done) {
    RELAIS_CHECK(opened.empty());
    return check_error(done.error());
  }
  Bytes again;
  RELAIS_CHECK(with.packer.unpack(again, packed, run.dictionary).has_value() && again == opened);
}

}  // namespace

void run(Input& input) {
  const std::size_t what = input.below(3);
  if (what == 0) return check_run_header(input.rest());
  log::RunHeader header = shared().author.run;
  const std::uint64_t seq = input.u64();
  header.dictionary = static_cast<std::uint8_t>(input.below(2) != 0 ? log::kCurrentDictionary : 0);
  if (what == 1) return close_and_open(input, header, seq);
  if (input.below(16) == 15) header.dictionary = input.byte();
  open_crafted(input, header, seq);
}

}  // namespace relais::fuzz
