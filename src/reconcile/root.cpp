#include <cstring>

#include "base/coding.h"
#include "reconcile/ranges.h"

/// docs/spec/reconcile.md, "Roots". A compartment's root is BLAKE2b-256, labelled "heads", over
///   author (16) | seq (u64) | hash (32)   of each log, in order of author.
/// What is sent is keyed by the session and truncated.
namespace relais::reconcile {
namespace {

template <class Id>
Id cut(const crypto::Hash& hash) {
  static_assert(Id::kSize <= crypto::Hash::kSize);
  Id id;
  std::memcpy(id.data(), hash.data(), Id::kSize);
  return id;
}

bool has_logs(const Heads& heads) {
  for (const auto& [author, head] : heads) {
    if (head.seq > 0) return true;
  }
  return false;
}

crypto::Hash hash_heads(Heads::const_iterator from, Heads::const_iterator to) {
  crypto::Hasher hasher("heads");
  Bytes entry;
  for (; from != to; ++from) {
    const auto& [author, head] = *from;
    if (head.seq == 0) continue;
    entry.assign(author.view());
    put_u64(entry, head.seq);
    entry.append(head.hash.view());
    hasher.add(entry);
  }
  return hasher.finish();
}

/// Every compartment that has logs: its id and root.
Bytes all_roots(const Inventory& inventory) {
  Bytes all;
  for (const auto& [compartment, heads] : inventory) {
    if (!has_logs(heads)) continue;
    all.append(compartment.view()).append(compartment_root(heads).view());
  }
  return all;
}

}  // namespace

SessionKey session_key(const crypto::Hash& handshake_hash) {
  return {crypto::derive(crypto::SymmetricKey::from(handshake_hash.view()), "reconcile", {})};
}

log::Head of_forked_log(const log::Head& head) {
  return {head.seq, crypto::hash("forked", {head.hash.view()})};
}

crypto::Hash compartment_root(const Heads& heads) { return hash_heads(heads.begin(), heads.end()); }

Root root(const SessionKey& session, const Inventory& inventory) {
  return cut<Root>(crypto::mac(session.key, "inventory", {all_roots(inventory)}));
}

Root range_root(const SessionKey& session, const CompartmentId& compartment, const Heads& heads,
                std::uint8_t depth, std::uint16_t range) {
  const auto [from, to] = in_range(heads, depth, range);
  return cut<Root>(
      crypto::mac(session.key, "range", {compartment.view(), hash_heads(from, to).view()}));
}

wire::CompartmentTag8 tag(const SessionKey& session, const CompartmentId& compartment) {
  return cut<wire::CompartmentTag8>(crypto::mac(session.key, "tag", {compartment.view()}));
}

wire::HeadTag head_tag(const SessionKey& session, const log::Head& head) {
  if (head.seq == 0) return {};
  return cut<wire::HeadTag>(crypto::mac(session.key, "head", {head.hash.view()}));
}

Checkpoint checkpoint(const Inventory& control, const Inventory& data) {
  Bytes control_roots;
  put_sized(control_roots, all_roots(control));
  return cut<Checkpoint>(crypto::hash("checkpoint", {control_roots, all_roots(data)}));
}

wire::CheckpointTag tag(const SessionKey& session, const Checkpoint& checkpoint) {
  return cut<wire::CheckpointTag>(crypto::mac(session.key, "checkpoint", {checkpoint.view()}));
}

}  // namespace relais::reconcile
