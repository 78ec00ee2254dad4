#include <cstring>

#include "base/coding.h"
#include "reconcile/inventory.h"

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

}  // namespace

SessionKey session_key(const crypto::Hash& handshake_hash) {
  return {crypto::derive(crypto::SymmetricKey::from(handshake_hash.view()), "reconcile", {})};
}

log::Head of_forked_log(const log::Head& head) {
  return {head.seq, crypto::hash("forked", {head.hash.view()})};
}

crypto::Hash compartment_root(const Heads& heads) {
  crypto::Hasher hasher("heads");
  Bytes entry;
  for (const auto& [author, head] : heads) {
    if (head.seq == 0) continue;
    entry.assign(author.view());
    put_u64(entry, head.seq);
    entry.append(head.hash.view());
    hasher.add(entry);
  }
  return hasher.finish();
}

Root root(const SessionKey& session, const Inventory& inventory) {
  Bytes all;
  for (const auto& [compartment, heads] : inventory) {
    if (!has_logs(heads)) continue;
    all.append(compartment.view()).append(compartment_root(heads).view());
  }
  return cut<Root>(crypto::mac(session.key, "inventory", {all}));
}

Root root(const SessionKey& session, const CompartmentId& compartment, const Heads& heads) {
  return cut<Root>(crypto::mac(session.key, "compartment",
                               {compartment.view(), compartment_root(heads).view()}));
}

wire::CompartmentTag8 tag(const SessionKey& session, const CompartmentId& compartment) {
  return cut<wire::CompartmentTag8>(crypto::mac(session.key, "tag", {compartment.view()}));
}

}  // namespace relais::reconcile
