#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "simulator/device.h"
#include "simulator/undoing.h"

namespace relais::simulator {

/// What all that users write is made of, so that it is found where it must not be.
inline constexpr char kCanary[] = "CANARY";

/// What every token of a scope and label begins with.
std::string canary_of(const std::string& scope, const std::string& label);

/// The documents of a simulation: cases, each in a scope, with sections that are labelled by their
/// own names.
struct Register {
  std::vector<std::string> scopes;
  std::vector<std::string> labels;
  std::uint64_t cases_per_scope = 12;
  std::uint64_t cases_per_team = 12;  ///< those that a user mostly works on
  /// Those in which somebody writes what nobody can foresee: users work on them, and aren't judged
  /// by what they read there.
  std::set<DocumentId> spoiled;
};

/// Somebody who works on a device: reads a field, edits it as they see it, looks whether the device
/// shows what they did, and remembers that in the model.
class User {
 public:
  User(World& world, Device& device, const Register& register_, Model& model,
       const testing::Chance& chance);

  /// May read and write all these; all scopes and labels otherwise.
  std::vector<std::string> scopes;
  std::vector<std::string> labels;
  std::uint64_t team = 0;

  /// Does some work: one transaction of up to three edits, or the undoing of an earlier one. True
  /// if it was acknowledged.
  bool work();
  /// All that was written since the mark stands on a disk that is gone.
  std::size_t mark() const { return acts_.size(); }
  void forget_since(std::size_t mark);

  Device& device() { return device_; }
  const std::string& name() const { return device_.name(); }

 private:
  /// An edit of one field in the transaction that is being made.
  struct Doing {
    Deed deed;
    Reading expected;  ///< afterwards
    bool in_order = true;
    bool is_sure = true;  ///< what is expected
    const char* sometimes = nullptr;
    std::function<void(const ActPtr&, const Doing&)> note;
  };
  /// The last transaction that changed a document, what it did there.
  struct Done {
    AuthorId author;
    std::vector<Deed> deeds;
  };

  DocumentId some_case();
  Status edit_something(replica::Edit& edit);
  Status edit_register(replica::Edit& edit, const DocumentId& document, const std::string& section);
  Status write_register(replica::Edit& edit, const Field& field, const Reading& reading);
  Status settle_register(replica::Edit& edit, const Field& field, const Reading& reading);
  Status erase_register(replica::Edit& edit, const Field& field, const Reading& reading);
  Status edit_list(replica::Edit& edit, const Field& field);
  Status add_to_list(replica::Edit& edit, const Field& field, const Reading& reading);
  Status remove_from_list(replica::Edit& edit, const Field& field, const Reading& reading);
  Status move_in_list(replica::Edit& edit, const Field& field, const Reading& reading);
  Status edit_set(replica::Edit& edit, const Field& field);
  Status edit_text(replica::Edit& edit, const Field& field);
  Status edit_counter(replica::Edit& edit, const Field& field);
  Status undo_something(replica::Edit& edit);
  Status undo_in_spoiled(replica::Edit& edit, const DocumentId& document, const Done& done);
  Doing undoing_of(const Deed& deed, const Reading& now, const Undoing& undoing);

  std::string token(const Field& field);
  /// Whether this transaction touches the field already: what it reads is what was before.
  bool touched(const Field& field) { return !touched_.insert(field).second; }
  void look_at_time(const Doing& done, const Sibling& written);
  Doing& begin(const Field& field, const Reading& before, Reading expected);
  void note_write(const ActPtr& act, const Doing& doing, const Sibling& value,
                  const std::vector<Sibling>& over, const std::string& reason = {},
                  bool restores = false);
  void look(Doing& doing);
  bool is_spoiled(const Doing& doing) const;
  void remember(bool acknowledged);
  void violation(const Field& field, const std::string& what);

  World& world_;
  Device& device_;
  const Register& register_;
  Model& model_;
  testing::Chance chance_;
  std::uint64_t written_ = 0;
  std::vector<ActPtr> acts_;
  std::vector<Doing> doings_;
  std::set<Field> touched_;
  std::map<DocumentId, Done> last_;
};

}  // namespace relais::simulator
