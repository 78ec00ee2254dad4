#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/nodes.h"

namespace relais::simulator {

/// What must hold, whatever happens. Each violation is said once, as a sentence.
class Oracles {
 public:
  using OwnHeads = std::map<std::pair<AuthorId, CompartmentId>, std::uint64_t>;

  Oracles(World& world, Nodes& nodes) : world_(world), nodes_(nodes) {}

  /// At any time, of one device that is on: a place in a log has one hash everywhere; it holds no
  /// compartment that it may not read.
  void check_device(Node& node);
  /// What crosses a link holds nothing that somebody wrote.
  void check_wire(BytesView bytes);
  /// Where the logs stand that the device writes.
  static OwnHeads own_heads(Node& node);
  /// After a write was acknowledged: there its log stands from now on, whatever happens to the
  /// power; and no salt serves two openings.
  /// `before`: own_heads before that.
  void acknowledged(Node& node, const OwnHeads& before);
  /// After a boot: nothing acknowledged is gone.
  void check_durable(Node& node);
  /// Its disk was replaced: what was acknowledged on the old one is no promise any more.
  void forget(const Node& node) { durable_.erase(&node); }
  /// At rest, once all have met: all who may read a compartment hold the same states, byte for
  /// byte; what users wrote is seen, and nothing else; every chain verifies; no plain text lies
  /// where it may not be read.
  void check_rest();

  void violation(const std::string& what);
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  void check_head(Node& node, const store::LogRow& row);
  void check_salt(Node& node, const store::LogRow& row);
  void check_entitled(Node& node, const CompartmentId& compartment);
  /// Per compartment and document, the state of the first who may read it, and whose it is.
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
  /// (log, seq) → hash of the head there, as any device held it.
  std::map<std::pair<log::LogId, std::uint64_t>, crypto::Hash> heads_;
  /// Salts of own logs' runs → which opening of which device drew them.
  std::map<std::pair<log::LogId, Bytes>, std::string> salts_;
  std::map<const Node*, OwnHeads> durable_;
  /// The heads of each device that were checked: few of many are new at a meeting.
  std::map<const Node*, std::map<log::LogId, log::Head>> checked_;
};

}  // namespace relais::simulator
