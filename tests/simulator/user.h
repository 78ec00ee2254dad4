#pragma once

#include <string>
#include <vector>

#include "simulator/device.h"
#include "simulator/model.h"

namespace relais::simulator {

/// What all that users write is made of, so that it is found where it must not be.
inline constexpr char kCanary[] = "CANARY";

/// What every token of a scope and label begins with.
std::string canary_of(const std::string& scope, const std::string& label);

/// The documents of a village: cases, each in a scope, with sections that are labelled by their
/// own names.
struct Register {
  std::vector<std::string> scopes;
  std::vector<std::string> labels;
  std::uint64_t cases_per_scope = 12;
  std::uint64_t cases_per_team = 12;  ///< those that a user mostly works on
};

/// One field as a device shows it.
Reading read_field(Device& device, const Field& field);

/// Somebody who works on a device: reads a field, edits it as they see it, and remembers in the
/// model what they did.
class User {
 public:
  User(World& world, Device& device, const Register& register_, Model& model,
       const testing::Chance& chance);

  /// May read and write all these; all scopes and labels otherwise.
  std::vector<std::string> scopes;
  std::vector<std::string> labels;
  std::uint64_t team = 0;

  /// Does some work: one transaction of up to three edits. True if it was acknowledged.
  bool work();
  /// All that was written since the mark stands on a disk that is gone.
  std::size_t mark() const { return acts_.size(); }
  void forget_since(std::size_t mark);

  Device& device() { return device_; }
  const std::string& name() const { return device_.name(); }

 private:
  using Note = std::function<void(const ActPtr&)>;

  DocumentId some_case();
  Status edit_something(engine::Edit& edit);
  Status edit_register(engine::Edit& edit, const DocumentId& document, const std::string& section);
  Status erase_register(engine::Edit& edit, const Field& field, const Reading& reading);
  Status edit_list(engine::Edit& edit, const Field& field);
  Status edit_set(engine::Edit& edit, const Field& field);
  Status edit_text(engine::Edit& edit, const Field& field);
  Status edit_counter(engine::Edit& edit, const Field& field);
  std::string token(const Field& field);
  /// Whether this transaction touches the field already: what it reads is what was before.
  bool touched(const Field& field) { return !touched_.insert(field).second; }

  World& world_;
  Device& device_;
  const Register& register_;
  Model& model_;
  testing::Chance chance_;
  std::uint64_t written_ = 0;
  std::vector<ActPtr> acts_;
  std::vector<Note> notes_;
  std::set<Field> touched_;
};

}  // namespace relais::simulator
