#include "tests/reconcile/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace relais::reconcile {
namespace {

std::string line_of(const Bytes& compartment, const AuthorId& author, std::uint64_t seq) {
  return to_hex(compartment) + ' ' + to_hex(author.view()) + ' ' + std::to_string(seq) + '\n';
}

}  // namespace

log::LogId any_log(testing::Chance& chance, std::size_t compartments) {
  const auto compartment = static_cast<std::uint32_t>(1 + chance.below(compartments));
  const auto number = static_cast<std::uint32_t>(1 + chance.below(100'000));
  return {compartment_id(compartment), spread_author(number)};
}

Inventory any_inventory(testing::Chance& chance, std::size_t compartments, std::size_t logs) {
  Inventory inventory;
  for (std::uint32_t i = 1; i <= compartments; ++i) inventory[compartment_id(i)];
  while (count_logs_of(inventory) < logs) {
    const log::LogId log = any_log(chance, compartments);
    inventory[log.compartment].emplace(log.author, head(1 + chance.below(50)));
  }
  return inventory;
}

void change_some(testing::Chance& chance, Inventory& inventory, std::uint64_t rarely) {
  for (auto& [compartment, heads] : inventory) {
    const std::size_t before = heads.size();
    for (auto& [author, at] : heads) {
      if (!chance.one_in(rarely)) continue;
      const bool forks = chance.one_in(4);
      at = head(at.seq + (forks ? 0 : 1 + chance.below(9)), forks ? 1'000'000 : 0);
    }
    for (std::size_t i = 0; i < 1 + before / 4; ++i) {
      const auto number = static_cast<std::uint32_t>(1 + chance.below(100'000));
      if (chance.one_in(rarely)) heads.emplace(spread_author(number), head(1 + chance.below(50)));
    }
  }
}

std::size_t count_logs_of(const Inventory& inventory) {
  std::size_t count = 0;
  for (const auto& [compartment, heads] : inventory) count += heads.size();
  return count;
}

Differences direct_comparison(const SessionKey& session, const Inventory& ours,
                              const Inventory& theirs) {
  std::map<std::pair<wire::CompartmentTag8, AuthorId>, Difference> found;
  for (const auto& [compartment, heads] : ours) {
    const auto other = theirs.find(compartment);
    if (other == theirs.end()) continue;
    std::map<AuthorId, std::pair<log::Head, log::Head>> logs;
    for (const auto& [author, at] : heads) logs[author].first = at;
    for (const auto& [author, at] : other->second) logs[author].second = at;
    for (const auto& [author, both] : logs) {
      const auto& [here, there] = both;
      if (here == there) continue;
      found[{tag(session, compartment), author}] = {
          {compartment, author}, here.seq, there.seq, here.seq == there.seq};
    }
  }
  Differences differences;
  for (const auto& [place, one] : found) differences.push_back(one);
  return differences;
}

Differences seen_from_there(Differences differences) {
  for (Difference& one : differences) std::swap(one.ours, one.theirs);
  return differences;
}

std::string lines(const Differences& differences) {
  std::string out;
  for (const Difference& one : differences) {
    out += std::to_string(one.theirs) + (one.forked ? " forked from " : " there, here ");
    out += line_of(Bytes(one.log.compartment.view()), one.log.author, one.ours);
  }
  return out;
}

std::string lines(const wire::message::Vectors& vectors) {
  std::string out;
  for (const auto& vector : vectors.vectors) {
    for (const auto& log : vector.logs) {
      out += line_of(Bytes(vector.compartment.view()), log.author, log.seq);
    }
  }
  return out;
}

std::string lines_stated(const SessionKey& session, const Differences& differences) {
  std::string out;
  for (const Difference& one : differences) {
    out += line_of(Bytes(tag(session, one.log.compartment).view()), one.log.author, one.ours);
  }
  return out;
}

wire::message::Vectors sent(const wire::message::Vectors& vectors) {
  wire::message::Vectors arrived;
  for (wire::message::Vectors& page : pages(vectors)) {
    const auto message = wire::decode_message(wire::encode(wire::Message(std::move(page))));
    EXPECT_TRUE(message);
    if (!message) return {};
    const Status added = add_page(arrived, std::get<wire::message::Vectors>(*message));
    EXPECT_TRUE(added) << added.error().message();
  }
  return arrived;
}

void expect_misbehaved(const Error& error, std::string_view what) {
  EXPECT_EQ(error.code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(error.message(), std::string("The other device sent a bad vector: ").append(what));
}

}  // namespace relais::reconcile
