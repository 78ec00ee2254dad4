#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/nodes.h"

namespace relais::simulator {

/// Invariants. Each violation is reported once, as a sentence.
class Oracles {
 public:
  using OwnHeads = std::map<std::pair<AuthorId, CompartmentId>, std::uint64_t>;

  Oracles(World& world, Nodes& nodes) : world_(world), nodes_(nodes) {}

  /// At any time, for a device that is on: a place in a log has one hash on all devices; the device
  /// holds no compartment that it may not read.
  void check_device(Node& node);
  /// Bytes on links contain nothing that a user wrote.
  void check_wire(BytesView bytes);
  /// The heads of the device's own logs.
  static OwnHeads own_heads(Node& node);
  /// Call after an acknowledged write: its log has at least these heads from now on, whatever
  /// happens to the power; and no salt is used by two openings. `before`: own_heads before the
  /// write.
  void acknowledged(Node& node, const OwnHeads& before);
  /// After a boot: nothing acknowledged is lost.
  void check_durable(Node& node);
  /// Its disk was replaced: writes acknowledged on the old one no longer count.
  void forget(const Node& node) { durable_.erase(&node); }
  /// At rest, once all have synced: all readers of a compartment hold the same states, byte for
  /// byte; what users wrote is visible, and nothing else; every chain verifies; no plaintext lies
  /// where it may not be read.
  void check_rest();

  void violation(const std::string& what);
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  void check_head(Node& node, const store::LogRow& row);
  void check_salt(Node& node, const store::LogRow& row);
  void check_entitled(Node& node, const CompartmentId& compartment);
  /// For each compartment and document, the state on the first device that may read it, and the
  /// name of that device.
  using States = std::map<std::string, std::pair<Bytes, std::string>>;
  void check_states();
  void check_states_of(Node& node, const DocumentId& document, States& states);
  void compare(Node& node, const std::string& what, const Bytes& state, States& states);
  void check_model();
  void check_verifies(Node& node);
  void check_canaries(Node& node);

  World& world_;
  Nodes& nodes_;
  std::vector<std::string> violations_;
  /// (log, seq) → hash of the head there, as seen on any device.
  std::map<std::pair<log::LogId, std::uint64_t>, crypto::Hash> heads_;
  /// Salts of runs in own logs → the device and opening that drew them.
  std::map<std::pair<log::LogId, Bytes>, std::string> salts_;
  std::map<const Node*, OwnHeads> durable_;
  /// The checked heads of each device: few of them are new after a sync.
  std::map<const Node*, std::map<log::LogId, log::Head>> checked_;
};

}  // namespace relais::simulator
