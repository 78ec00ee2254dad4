#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// What devices hold at rest, of everybody, those included who write by hand: equal logs give equal
/// documents, all of them, and the same list of what waits and what is set aside; every document
/// can be read, stored and exported; what is held can be passed on.
class Holdings {
 public:
  explicit Holdings(const Context& context) : context_(context) {}

  void check();
  /// After one meeting with a device that holds nothing else.
  void check_forwarded(Node& last, Node& inviter);

 private:
  /// What a compartment's documents are made from, on one device; and what they came to.
  struct Ground {
    std::string name;                      ///< of the device
    std::map<log::LogId, log::Head> logs;  ///< of the compartment and of control
    std::set<log::LogId> frozen;           ///< of these, as it is known here
    std::vector<log::EpochId> keys;        ///< held
    std::vector<std::string> projection;   ///< a line for each document and index entry
  };
  using Grounds = std::map<CompartmentId, std::vector<Ground>>;

  void gather(Node& node, Grounds& grounds);
  void check_logs(const std::vector<Ground>& grounds);
  void check_projections(const std::vector<Ground>& grounds);
  void compare(const Ground& one, const Ground& other);
  void check_documents(Node& node);
  void check_export(Node& node);

  const Context& context_;
};

}  // namespace relais::simulator
