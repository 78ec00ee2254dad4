#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulator/reading.h"

namespace relais::simulator {

/// What users did, and what must therefore be seen once all have met: a second, naive account of
/// the document model that knows nothing of dots and contexts. Each thing written is a token of its
/// own; each write says what its user saw where it wrote, and so replaced. The same token may be
/// written again, by choosing it in a conflict or by taking back what replaced it.

/// Whether a transaction took place. A write that failed, or that stood only on a disk that is
/// gone, may have.
enum class Certainty { certain, maybe };
struct Act {
  Certainty certainty = Certainty::certain;
};
using ActPtr = std::shared_ptr<Act>;

/// To a register: a value, or a deletion.
struct Write {
  ActPtr act;
  Sibling value;              ///< without a token: a deletion
  std::string reason;         ///< of a deletion that makes void
  std::vector<Sibling> over;  ///< what it replaced of what was seen
  Reading saw;
  /// By taking back a deletion: that contests deletions which had not seen it.
  bool restores = false;
};

class Model {
 public:
  void write(const Field& field, Write write) { registers_[field].push_back(std::move(write)); }
  void add(const Field& field, const ActPtr& act, const std::string& token,
           const std::string& after);
  void remove(const Field& field, const ActPtr& act, const std::string& token);
  /// What was removed is there again; where it was, if the field is a list.
  void restore(const Field& field, const ActPtr& act, const std::string& token);
  void move(const Field& field, const ActPtr& act, const std::string& token,
            const std::string& after);
  void count(const Field& field, const ActPtr& act, std::int64_t delta);
  /// Whether somebody has written it again: then nobody can tell whose it is.
  bool was_restored(const Field& field, const std::string& token) const;
  /// Whether the same value may stand there twice, shown as one: somebody wrote it too, and it
  /// isn't among what this one has replaced.
  bool may_have_twin(const Field& field, const Sibling& one) const;
  /// Whether what a deletion hid may stay gone when it is taken back: somebody else deleted
  /// it too or wrote over it, or wrote where it was void for one of the reasons, over what that
  /// hid.
  bool may_stay_gone(const Field& field, const std::vector<Sibling>& hidden,
                     const std::vector<std::string>& reasons) const;
  /// Of all its elements.
  std::size_t moves_in(const Field& field) const;

  /// Compares all fields of all documents that `may_read` with what `read` gives.
  void check(const std::function<bool(const Field&)>& may_read,
             const std::function<Reading(const Field&)>& read,
             const std::function<void(const std::string&)>& violation) const;
  std::size_t fields() const { return registers_.size() + collections_.size() + counters_.size(); }

 private:
  struct Event {
    ActPtr act;
    std::uint64_t at = 0;  ///< in the order of all that happened
  };
  struct Element {
    ActPtr act;
    std::string after;  ///< where it was put, in an ordered collection
    std::vector<Event> removals;
    std::vector<Event> restorals;
    std::vector<Event> moves;
  };
  struct Collection {
    std::map<std::string, Element> elements;
  };
  struct Delta {
    ActPtr act;
    std::int64_t by;
  };

  static std::string check_register(const std::vector<Write>& writes, const Reading& reading);
  static std::string check_collection(const Collection& collection, const Reading& reading);
  static bool may_live(const Element& element);
  static bool must_live(const Element& element);
  static bool may_stand_elsewhere(const Element& element);
  static std::string check_order(const Collection& collection,
                                 const std::map<std::string, std::size_t>& place);
  static std::string check_counter(const std::vector<Delta>& deltas, const Reading& reading);

  std::map<Field, std::vector<Write>> registers_;
  std::map<Field, Collection> collections_;
  std::map<Field, std::vector<Delta>> counters_;
  std::uint64_t happened_ = 0;
};

}  // namespace relais::simulator
