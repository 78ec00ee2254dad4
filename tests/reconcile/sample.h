#pragma once

#include <cstdint>
#include <string>

#include "reconcile/inventory.h"
#include "support/chance.h"

/// Small inventories with ids that are easy to tell apart.
namespace relais::reconcile {

template <class Id>
Id numbered(std::uint32_t number) {
  Id id;
  for (std::size_t i = 0; i < 4; ++i)
    id.data()[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return id;
}

inline log::Head head(std::uint64_t seq, std::uint32_t hash = 0) {
  return {seq, numbered<crypto::Hash>(hash != 0 ? hash : static_cast<std::uint32_t>(seq))};
}

inline CompartmentId compartment_id(std::uint32_t number) {
  return numbered<CompartmentId>(number);
}
inline AuthorId author(std::uint32_t number) { return numbered<AuthorId>(number); }
/// Authors that differ in their first bits, so that they are in all ranges.
inline AuthorId spread_author(std::uint32_t number) { return author(number * 0x9e3779b1); }

inline SessionKey some_session(std::uint32_t number = 1) {
  return session_key(numbered<crypto::Hash>(number));
}

/// `logs` spread authors from number 1 on, each at seq 1.
inline Heads heads_of(std::uint32_t logs) {
  Heads heads;
  for (std::uint32_t i = 1; i <= logs; ++i) heads.emplace(spread_author(i), head(1));
  return heads;
}
/// In one compartment.
inline Inventory inventory_of(std::uint32_t logs) { return {{compartment_id(1), heads_of(logs)}}; }

/// A log of one of `compartments` compartments, of many authors.
log::LogId any_log(testing::Chance& chance, std::size_t compartments);
/// `logs` logs of any authors in the compartments 1 to `compartments`, of which some are empty.
Inventory any_inventory(testing::Chance& chance, std::size_t compartments, std::size_t logs);
/// Writes to, adds and forks about one log in `rarely`.
void change_some(testing::Chance& chance, Inventory& inventory, std::uint64_t rarely);
std::size_t count_logs_of(const Inventory& inventory);

/// What the two hold differently of the compartments that both have: by looking at all their logs,
/// without hashes. In order of tag and author.
Differences direct_comparison(const SessionKey& session, const Inventory& ours,
                              const Inventory& theirs);
/// As the other side sees them.
Differences seen_from_there(Differences differences);

/// A line for each difference, to compare and print lists of them.
std::string lines(const Differences& differences);
/// The same for the logs that vectors name.
std::string lines(const wire::message::Vectors& vectors);
/// What `lines` of vectors is for these differences, as stated by who holds `ours`.
std::string lines_stated(const SessionKey& session, const Differences& differences);

/// What arrives at the other side: in pages, encoded and decoded.
wire::message::Vectors sent(const wire::message::Vectors& vectors);

void expect_misbehaved(const Error& error, std::string_view what);
template <class T>
void expect_misbehaved(const Result<T>& result, std::string_view what) {
  if (result) return expect_misbehaved(Error(ErrorCode::not_found, "nothing failed"), what);
  expect_misbehaved(result.error(), what);
}

}  // namespace relais::reconcile
