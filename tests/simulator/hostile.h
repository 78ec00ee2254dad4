#pragma once

#include <memory>

#include "simulator/context.h"
#include "simulator/hostile_changes.h"
#include "simulator/hostile_log.h"

namespace relais::simulator {

/// An attacker with the keys of a member's device, who writes whatever they permit: logs of a few
/// incarnations, in the compartments that the device may write. The pieces are brought to honest
/// devices, which forward them. The device itself stays with its user.
class Hostile {
 public:
  Hostile(const Context& context, const testing::Chance& chance);

  /// Before the first day: chooses the keys, and the documents that are spoiled.
  void begin();
  void plan(const Day& day);

 private:
  /// A log with what its author remembers.
  struct Written {
    HostileLog log;
    bool lies = false;  ///< its seals and histories may contradict each other
    std::map<std::pair<std::size_t, document::Address>, std::uint64_t> own_last;  ///< by branch
  };
  /// A compartment that the device may write.
  struct Target {
    CompartmentId id;
    std::string scope;
    std::string label;
  };

  bool steal_keys();
  void act();
  void write_somewhere();
  void write_transaction(Written& written, std::size_t branch, const Target& target,
                         replica::Core& seen_at);
  void write_change(Written& written, std::size_t branch, const Target& target,
                    replica::Core& seen_at, bool large, bool transaction_end);
  void bring(Written& written, Node& to);
  void claim();
  void lure(HostileLog& log);
  wire::ControlRecord some_claim();
  wire::record::EpochMade some_epoch();

  Written* log_in(const Target& target);
  std::optional<HostileLog::Run> run_in(const CompartmentId& compartment);
  void change_run(Written& written, const Target& target);
  document::Address some_address(const std::string& scope);
  std::vector<Node*> readers(const Target& target);
  bool is_shown_the_other_history(const Node& node) const;
  void count(const std::string& what);

  const Context& context_;
  testing::Chance chance_;
  HostileChanges changes_;
  Node* device_ = nullptr;
  std::optional<crypto::SigningKeyPair> signing_;
  std::vector<log::Instance> instances_;
  std::vector<Target> targets_;
  std::vector<std::string> sections_;
  std::map<log::LogId, std::unique_ptr<Written>> logs_;
  /// Keys of the attacker's own epochs, by compartment: no other device has them.
  std::map<CompartmentId, std::pair<log::EpochId, crypto::SymmetricKey>> own_epochs_;
};

}  // namespace relais::simulator
