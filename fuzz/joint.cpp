// Joint pieces: the changes and run headers of a piece, packed together as anybody with the keys
// can pack them. What is restored is a piece whose joint form restores it again. docs/spec/log.md,
// "Joint piece".
#include "log/joint.h"

#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "log/author.h"
#include "log/entry.h"

namespace relais::fuzz {
namespace {

log::TestAuthor& author() {
  static log::TestAuthor kAuthor;
  return kAuthor;
}

/// Of any run header; of none: that of the author's run.
Result<log::OpenRun> find_run(BytesView encoded) {
  log::RunHeader header = author().run;
  header.packer = log::current_packer();
  if (!encoded.empty()) {
    auto other = log::decode_run_header(encoded);
    if (!other) return other.error();
    header = *other;
  }
  return log::OpenRun{header, log::hash_run_header(log::encode(header)),
                      log::block_key(author().epoch_key, author().space, author().log, header)};
}

void add_entry(Input& input, Bytes& changes) {
  log::RunHeader run = author().run;
  run.packer = log::current_packer();
  Bytes encoded;
  if (input.below(4) == 3) {
    run.salt.data()[0] = input.byte();
    encoded = log::encode(run);
    mutate(input, encoded);
  }
  Bytes change(input.sized());
  if (input.below(8) == 7) change.resize(1 + input.u16() * std::size_t{2}, 'x');
  log::put_entry(changes, {input.chance(), change}, encoded);
}

}  // namespace

void run(Input& input) {
  log::BlockCodec& codec = author().codec;
  const log::Head before{input.byte(), log::filled_with<crypto::Hash>(input.byte())};
  Bytes changes;
  for (std::size_t entries = input.below(8); entries > 0; --entries) add_entry(input, changes);
  mutate(input, changes);
  if (changes.size() > limits::kChangeBytes) return;
  Bytes joint(1, static_cast<char>(log::kCurrentDictionary));
  joint.append(codec.packer().pack_together(changes));
  mutate(input, joint);
  const auto entries = log::split(codec, joint, before, find_run);
  if (!entries) return;
  RELAIS_CHECK(entries->size() <= limits::kLargestPieceBytes);
  const auto again = log::join(codec, *entries, before, log::current_packer(), find_run);
  if (!again) return;  // nothing would be saved
  RELAIS_CHECK(again->size() < entries->size());
  RELAIS_CHECK(log::split(codec, *again, before, find_run) == *entries);
}

}  // namespace relais::fuzz
