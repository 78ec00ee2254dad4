#pragma once

#include <vector>

#include "document/change.h"
#include "document/edit/draft.h"
#include "document/state/state.h"
#include "fuzz/support/input.h"

/// Replicas of one document, edited and brought together as a fuzz target's input says.
namespace relais::fuzz {

struct Written {
  document::Position position;
  document::Change change;  ///< as decoded from its bytes
};

struct Replica {
  AuthorId author;
  std::uint64_t seq = 0;
  document::State state;
  std::vector<bool> has;  ///< which changes, by their numbers
};

class Replicas {
 public:
  explicit Replicas(std::size_t count);

  /// One change by one replica: one to four edits, or its last change taken back. What an edit
  /// refuses undoes them all.
  void edit(Input& input);
  /// Some changes to one replica, in an order of the input's, perhaps again.
  void deliver(Input& input);
  /// One replica takes over another's state.
  void merge(Input& input);

  /// Applies a change, unless one it builds on is missing.
  bool give(Replica& replica, std::size_t number) const;
  /// A new replica with the changes that are marked, each as soon as it can be had, from `start`
  /// on, with one in three given twice.
  Replica replay(const std::vector<bool>& wanted, std::size_t start) const;

  std::vector<Replica> replicas;
  std::vector<Written> changes;

 private:
  void take_back(const Replica& replica, document::Draft& draft) const;
  void commit(Replica& replica, document::Draft draft);
};

}  // namespace relais::fuzz
