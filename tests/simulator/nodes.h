#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "access/invitation.h"
#include "simulator/plan.h"
#include "simulator/user.h"

namespace relais::simulator {

/// A device, who works on it, and a copy of its disk that somebody made.
struct Node {
  Node(World& world, std::string name, const testing::Chance& chance, std::int64_t drift_ppm)
      : device(world, std::move(name), chance, drift_ppm) {}

  Device device;
  std::unique_ptr<User> user;
  bool member = false;
  std::shared_ptr<Disk> backup;
  std::size_t backup_mark = 0;
  std::vector<std::size_t> neighbours;  ///< whom it may meet, by number
  /// To join with, and until when it is tried again.
  std::optional<access::Invitation> invitation;
  Instant invited_until{};
};

/// The devices of a simulation, their space, and what they may read. The first is the hub: it
/// founds the space, and reads all of it.
class Nodes {
 public:
  Nodes(World& world, const Plan& plan, const testing::Chance& chance);

  /// The hub founds the space, and everyone else joins; over links with conditions, until they are
  /// in.
  void join_all_first(const std::function<LinkConditions()>& conditions);
  /// A new device that is no member yet.
  Node& add_newcomer();
  /// Lets it join at the hub, by the invitation it has or a new one; `done` says whether it did,
  /// and may never be called: the power may go. False: it can't be tried now.
  bool try_to_join(Node& node, const LinkConditions& conditions,
                   std::function<void(bool joined)> done);
  /// It may have become a member and lost its power before anyone heard of that.
  void note_membership(Node& node);
  /// A new device with a copy of another's folder, whose user goes on with it.
  Node& add_clone(Node& of);

  std::size_t size() const { return all_.size(); }
  Node& operator[](std::size_t at) { return *all_[at]; }
  Node& hub() { return *all_.front(); }
  Model& model() { return model_; }
  const Register& records() const { return register_; }
  /// The model can't tell from now on what such a document holds.
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
