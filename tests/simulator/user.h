#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "simulator/device.h"
#include "simulator/undoing.h"

namespace relais::simulator {

/// Part of everything users write, to find it where it must not be.
inline constexpr char kCanary[] = "CANARY";

/// The prefix of every token of a scope and label.
std::string canary_of(const std::string& scope, const std::string& label);

/// The documents of a simulation: cases, each in a scope, with sections labelled by their names.
struct Register {
  std::vector<std::string> scopes;
  std::vector<std::string> labels;
  std::uint64_t cases_per_scope = 12;
  std::uint64_t cases_per_team = 12;  ///< those a user mostly works on
  /// Documents that an attacker writes in: users work on them, but their readings are not checked.
  std::set<DocumentId> spoiled;
};

/// The user of a device: reads a field, edits it, checks that the device shows the edit, and
/// records it in the model.
class User {
 public:
  User(World& world, Device& device, const Register& register_, Model& model,
       const testing::Chance& chance);

  /// The scopes and labels that the user may read and write.
  std::vector<std::string> scopes;
  std::vector<std::string> labels;
  std::uint64_t team = 0;

  /// Does one transaction of up to three edits, or undoes an earlier one. True if it was
  /// acknowledged.
  bool work();
  /// Marks everything written since the mark as possibly lost with its disk.
  std::size_t mark() const { return acts_.size(); }
  void forget_since(std::size_t mark);

  Device& device() { return device_; }
  const std::string& name() const { return device_.name(); }

 private:
  /// An edit of one field in the current transaction.
  struct Doing {
    Deed deed;
    Reading expected;  ///< afterwards
    bool in_order = true;
    bool is_sure = true;  ///< what is expected
    const char* sometimes = nullptr;
    std::function<void(const ActPtr&, const Doing&)> note;
  };
  /// The last transaction that changed a document, and its edits there.
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
  /// Whether this transaction has already touched the field: its reading is then of before.
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
