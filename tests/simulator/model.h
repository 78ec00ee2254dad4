#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulator/reading.h"

namespace relais::simulator {

/// What users did, and what must therefore be visible once all devices have synced: a second, naive
/// model of documents without dots and contexts. Each written value is a unique token; each write
/// records what its user saw, and so replaced. A token may be written again, by choosing it in a
/// conflict or by undoing its replacement.

/// Whether a transaction took place. One that failed, or that was only on a lost disk, may have.
enum class Certainty { certain, maybe };
struct Act {
  Certainty certainty = Certainty::certain;
};
using ActPtr = std::shared_ptr<Act>;

/// A write to a register: a value, or a deletion.
struct Write {
  ActPtr act;
  Sibling value;              ///< no token: a deletion
  std::string reason;         ///< of a deletion that voids the field
  std::vector<Sibling> over;  ///< the visible values that it replaced
  Reading saw;
  /// By undoing a deletion: that contests deletions that had not seen it.
  bool restores = false;
};

class Model {
 public:
  void write(const Field& field, Write write) { registers_[field].push_back(std::move(write)); }
  void add(const Field& field, const ActPtr& act, const std::string& token,
           const std::string& after);
  void remove(const Field& field, const ActPtr& act, const std::string& token);
  /// A removed element is restored; in a list, at its place.
  void restore(const Field& field, const ActPtr& act, const std::string& token);
  void move(const Field& field, const ActPtr& act, const std::string& token,
            const std::string& after);
  void count(const Field& field, const ActPtr& act, std::int64_t delta);
  /// Whether it was written again: then its author is unknown.
  bool was_restored(const Field& field, const std::string& token) const;
  /// Whether the same value may exist twice, shown as one: another user wrote it too, and this one
  /// has not replaced that.
  bool may_have_twin(const Field& field, const Sibling& one) const;
  /// Whether what a deletion hid may stay hidden when the deletion is undone: another user deleted
  /// or overwrote it too, or wrote where the field was void for one of the reasons.
  bool may_stay_gone(const Field& field, const std::vector<Sibling>& hidden,
                     const std::vector<std::string>& reasons) const;
  /// Number of moves of all its elements.
  std::size_t moves_in(const Field& field) const;

  /// Compares all fields of all documents that `may_read` with what `read` gives.
  void check(const std::function<bool(const Field&)>& may_read,
             const std::function<Reading(const Field&)>& read,
             const std::function<void(const std::string&)>& violation) const;
  std::size_t fields() const { return registers_.size() + collections_.size() + counters_.size(); }

 private:
  struct Event {
    ActPtr act;
    std::uint64_t at = 0;  ///< in order of all events
  };
  struct Element {
    ActPtr act;
    std::string after;  ///< the element it was put after, in an ordered collection
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
