#pragma once

#include <vector>

#include "document/change.h"
#include "document/edit/draft.h"
#include "document/state/state.h"
#include "fuzz/support/input.h"

/// Replicas of one document, edited and merged as the input of a fuzz target says.
namespace relais::fuzz {

struct Written {
  document::Position position;
  document::Change change;  ///< as decoded from its bytes
};

struct Replica {
  AuthorId author;
  std::uint64_t seq = 0;
  document::State state;
  std::vector<bool> has;  ///< the changes it has, by number
};

class Replicas {
 public:
  explicit Replicas(std::size_t count);

  /// One change by one replica: one to four edits, or an undo of its last change. If an edit is
  /// refused, all are dropped.
  void edit(Input& input);
  /// Delivers some changes to one replica, in any order, perhaps again.
  void deliver(Input& input);
  /// Merges the state of one replica into another.
  void merge(Input& input);

  /// Applies a change, unless one that it builds on is missing.
  bool give(Replica& replica, std::size_t number) const;
  /// A new replica with the marked changes, each as soon as possible, from `start` on, with one in
  /// three applied twice.
  Replica replay(const std::vector<bool>& wanted, std::size_t start) const;

  std::vector<Replica> replicas;
  std::vector<Written> changes;

 private:
  void take_back(const Replica& replica, document::Draft& draft) const;
  void commit(Replica& replica, document::Draft draft);
};

}  // namespace relais::fuzz
