// Seals and pieces of a log as another device may send them: the target holds the author's key, so
// that changed data is signed and hashed again. docs/spec/log.md, "Seal", "Piece", "Short seal".
#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "log/author.h"
#include "log/entry.h"
#include "log/short_seal.h"

namespace relais::fuzz {
namespace {

using log::Head;
using log::LooseEntry;
using log::SignedHead;
using log::Verifier;

log::TestAuthor& author() {
  static log::TestAuthor kAuthor;
  return kAuthor;
}

Head start() { return log::genesis(author().space, author().log); }

/// The heads that a verifier must find over these entries.
struct Log {
  std::vector<LooseEntry> entries;
  std::vector<Head> heads;  ///< after each
  bool well_formed = true;
};

Bytes make_run_header(Input& input) {
  log::RunHeader run = author().run;
  run.salt.data()[0] = input.byte();
  if (input.below(4) == 3) run.format = log::RunHeader::Format::plain;
  Bytes encoded = log::encode(run);
  mutate(input, encoded);
  return encoded;
}

void add_entry(Input& input, Log& log, Bytes& run) {
  LooseEntry entry;
  if (log.entries.empty() ? input.below(16) != 15 : input.below(8) == 7) {
    entry.run_header = make_run_header(input);
    if (!entry.run_header.empty()) run = entry.run_header;
  }
  const bool fits = entry.run_header.size() <= limits::kRunHeaderBytes;
  const bool reads = entry.run_header.empty() || log::decode_run_header(entry.run_header);
  log.well_formed = log.well_formed && fits && reads && !run.empty();
  entry.transaction_end = input.below(4) != 3;
  const bool large = input.below(32) == 31;
  entry.block = large ? Bytes(input.u16() * std::size_t{5}, 'b') : Bytes(input.sized());
  const bool small_enough = entry.block.size() <= limits::kBlockBytes;
  log.well_formed = log.well_formed && !entry.block.empty() && small_enough;

  const Head before = log.heads.empty() ? start() : log.heads.back();
  const auto associated =
      log::associated_data(before, log::hash_run_header(run), entry.transaction_end);
  log.heads.push_back(log::step(associated, before.seq + 1, entry.block));
  log.entries.push_back(std::move(entry));
}

Log make_log(Input& input) {
  Log log;
  Bytes run;
  for (std::size_t count = input.below(12); count > 0; --count) add_entry(input, log, run);
  std::size_t bytes = 0;
  for (const LooseEntry& entry : log.entries) {
    bytes += entry.block.size();
    log.well_formed = log.well_formed && bytes <= limits::kTransactionBytes;
    if (entry.transaction_end) bytes = 0;
  }
  return log;
}

log::Piece piece_of(const Log& log, std::size_t from, std::size_t to) {
  log::Piece piece{author().log, from + 1, {}};
  Bytes run;
  for (std::size_t i = 0; i < to; ++i) {
    const LooseEntry& entry = log.entries[i];
    if (!entry.run_header.empty()) run = entry.run_header;
    if (i < from) continue;
    const bool first = i == from && from > 0;
    log::put_entry(piece.entries, {entry.transaction_end, entry.block},
                   first ? run : entry.run_header);
  }
  return piece;
}

/// Makes a header that signs some of the heads, true or false ones.
wire::SealHeader make_header(Input& input, const Log& log, bool& honest) {
  wire::SealHeader header = author().header({});
  for (const Head& head : log.heads) {
    const std::size_t what = input.below(8);
    if (what == 7 && &head != &log.heads.back()) continue;
    header.heads.push_back(log::signed_head(head));
    if (what == 6) header.heads.back().hash.data()[input.below(32)] ^= 1;
    if (what == 5) header.heads.back().seq = input.u64() & limits::kLastSeq;
    honest = honest && what != 6 && what != 5;
  }
  return header;
}

/// A seal changed before signing; nothing if it is not valid.
std::optional<log::VerifiedSeal> make_seal(Input& input, const wire::SealHeader& header,
                                           bool& honest) {
  Bytes bytes = wire::signed_bytes(author().space, header);
  honest = !mutate(input, bytes) && honest;
  const auto signature = crypto::sign(author().pair.secret_key, "seal", bytes);
  const std::size_t space = std::min(SpaceId::kSize, bytes.size());
  Bytes seal = bytes.substr(space).append(signature.view());
  const bool whole = !mutate(input, seal);
  auto verified = log::verify_seal(seal, author().space);
  if (!verified) {
    check_error(verified.error());
    RELAIS_CHECK(!honest || !whole || header.heads.empty());
    return std::nullopt;
  }
  const auto decoded = wire::decode_seal(seal);
  RELAIS_CHECK(decoded && wire::encode(*decoded) == seal && verified->encoded == seal);
  RELAIS_CHECK(wire::signed_bytes(author().space, decoded->header) == bytes);
  RELAIS_CHECK(!honest || verified->header.heads == header.heads);
  RELAIS_CHECK(!verified->header.heads.empty());
  RELAIS_CHECK(verified->header.heads.size() <= limits::kHeadsPerSeal);
  return std::move(*verified);
}

/// What verifies leads to a signed head, and past none that it contradicts.
void check_signed(const std::vector<SignedHead>& heads, const log::VerifiedPiece& piece) {
  const Head& end = piece.after();
  RELAIS_CHECK(std::any_of(heads.begin(), heads.end(), [&](const SignedHead& head) {
    return head.seq == end.seq && head.hash == end.hash;
  }));
  for (const SignedHead& head : heads) {
    if (head.seq >= end.seq) continue;
    RELAIS_CHECK(piece.item(static_cast<std::size_t>(head.seq)).before == head.hash);
  }
}

void check_items(const Log& log, const log::VerifiedPiece& piece) {
  Bytes run;
  for (std::size_t i = 0; i < log.entries.size(); ++i) {
    const LooseEntry& entry = log.entries[i];
    if (!entry.run_header.empty()) run = entry.run_header;
    const auto item = piece.item(i);
    RELAIS_CHECK(item.seq == i + 1 && item.block == entry.block && item.run_header == run);
    RELAIS_CHECK(item.transaction_end == entry.transaction_end);
    RELAIS_CHECK(item.before == (i == 0 ? start() : log.heads[i - 1]).hash);
  }
}

/// In two parts, cut at a signed head, the result is the same.
void check_in_parts(Input& input, const Log& log, const log::VerifiedSeal& seal) {
  Verifier verifier(author().log, start());
  RELAIS_CHECK(verifier.add(seal).has_value());
  const std::size_t cut = input.below(log.entries.size());
  const bool is_signed = std::any_of(seal.header.heads.begin(), seal.header.heads.end(),
                                     [&](const SignedHead& head) { return head.seq == cut; });
  const bool allowed = cut > 0 && is_signed && log.entries[cut - 1].transaction_end;
  const auto first = verifier.verify(piece_of(log, 0, cut));
  RELAIS_CHECK(first.has_value() == allowed);
  if (!first) return;
  RELAIS_CHECK(verifier.verify(piece_of(log, cut, log.entries.size())).has_value());
  RELAIS_CHECK(verifier.head() == log.heads.back());
}

/// With the short seal in the place of the whole one, which is then restored, the result is the
/// same; and a damaged one verifies nothing else.
void check_short_seal(Input& input, const log::VerifiedSeal& seal, const log::Piece& piece,
                      bool verifies) {
  const std::uint64_t end = log::block_count(piece.entries);
  Bytes encoded = log::encode_short(*wire::decode_seal(seal.encoded), end, true);
  const bool damaged = mutate(input, encoded);
  const auto decoded = log::decode_short_seal(encoded, end);
  RELAIS_CHECK(decoded || damaged);
  if (!decoded) return check_error(decoded.error());
  const log::HeldLog nothing{{}, [](std::uint64_t) -> Result<crypto::Hash> {
                               return Error(ErrorCode::not_found, "Nothing is held.");
                             }};
  Verifier verifier(author().log, start());
  const auto verified = verifier.verify(piece, *decoded, nothing, author().space, nullptr);
  RELAIS_CHECK(damaged ? verifies || !verified : verifies == verified.has_value());
  if (!verified) return check_error(verified.error());
  RELAIS_CHECK(verifier.seals() == std::vector<Bytes>{seal.encoded});
}

}  // namespace

void run(Input& input) {
  const Log log = make_log(input);
  bool honest = true;
  const wire::SealHeader header = make_header(input, log, honest);
  const auto seal = make_seal(input, header, honest);
  if (!seal) return;
  Verifier verifier(author().log, start());
  const auto added = verifier.add(*seal);
  if (!added) return check_error(added.error());

  log::Piece piece = piece_of(log, 0, log.entries.size());
  const bool small_enough = piece.entries.size() <= limits::kLargestPieceBytes;
  const bool ends = !log.entries.empty() && log.entries.back().transaction_end;
  const bool damaged = mutate(input, piece.entries);
  (void)log::block_count(piece.entries);
  const auto verified = verifier.verify(piece);
  if (honest && !damaged) {
    RELAIS_CHECK(verified.has_value() == (log.well_formed && ends && small_enough));
  }
  if (verified) {
    RELAIS_CHECK(verifier.head() == verified->after());
    check_signed(seal->header.heads, *verified);
    const bool whole = honest && verified->after() == log.heads.back();
    if (whole) check_items(log, *verified);
    if (whole && !damaged) check_in_parts(input, log, *seal);
  } else {
    check_error(verified.error());
    RELAIS_CHECK(verifier.head() == start());
  }
  check_short_seal(input, *seal, piece, verified.has_value());
}

}  // namespace relais::fuzz
