#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "access/invitation.h"
#include "simulator/plan.h"
#include "simulator/user.h"

namespace relais::simulator {

/// A device, its user, and a backup of its disk.
struct Node {
  Node(World& world, std::string name, const testing::Chance& chance, std::int64_t drift_ppm)
      : device(world, std::move(name), chance, drift_ppm) {}

  Device device;
  std::unique_ptr<User> user;
  bool member = false;
  std::shared_ptr<Disk> backup;
  std::size_t backup_mark = 0;
  std::vector<std::size_t> neighbours;  ///< nodes it may sync with, by number
  /// The invitation to join with, and until when to retry.
  std::optional<access::Invitation> invitation;
  Instant invited_until{};
};

/// The devices of a simulation, their space, and their rights. The first is the hub: it founds the
/// space and reads all of it.
class Nodes {
 public:
  Nodes(World& world, const Plan& plan, const testing::Chance& chance);

  /// The hub founds the space, and all others join, over links with the given conditions.
  void join_all_first(const std::function<LinkConditions()>& conditions);
  /// Adds a device that is no member yet.
  Node& add_newcomer();
  /// Lets it join at the hub, by its invitation or a new one; `done` tells whether it did, and is
  /// never called if the power is cut. False: not possible now.
  bool try_to_join(Node& node, const LinkConditions& conditions,
                   std::function<void(bool joined)> done);
  /// Checks whether it became a member before its power was cut.
  void note_membership(Node& node);
  /// Adds a device with a copy of another's store, with its own user.
  Node& add_clone(Node& of);

  std::size_t size() const { return all_.size(); }
  Node& operator[](std::size_t at) { return *all_[at]; }
  Node& hub() { return *all_.front(); }
  Model& model() { return model_; }
  const Register& records() const { return register_; }
  /// From now on the model ignores that document.
  void spoil(const DocumentId& document) { register_.spoiled.insert(document); }
  std::vector<std::string> spoiled_in(const std::string& scope) const;
  bool may_read(const Node& node, const Field& field) const;
  /// Members whose devices aren't lost.
  std::vector<Node*> members();

 private:
  void found();
  std::unique_ptr<Node> make(const std::string& name, std::size_t number);
  bool invite(Node& node);
  std::vector<CompartmentId> entitled(const Node& node);

  World& world_;
  const Plan& plan_;
  testing::Chance chance_;
  Register register_;
  Model model_;
  std::vector<std::unique_ptr<Node>> all_;
};

}  // namespace relais::simulator
