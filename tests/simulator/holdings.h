#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Checks what devices hold at rest, including logs written by hand: equal logs give equal
/// documents and equal lists of waiting and set-aside changes; every document can be read, stored
/// and exported; everything held can be sent on.
class Holdings {
 public:
  explicit Holdings(const Context& context) : context_(context) {}

  void check();
  /// Call after one sync with a device that holds nothing else.
  void check_forwarded(Node& last, Node& inviter);

 private:
  /// The inputs of the documents of a compartment on one device, and the result.
  struct Ground {
    std::string name;                      ///< of the device
    std::map<log::LogId, log::Head> logs;  ///< of the compartment and of control
    std::set<log::LogId> frozen;           ///< those of them that are frozen here
    std::vector<log::EpochId> keys;        ///< held here
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
