#pragma once

#include <string>
#include <vector>

#include "replica/read/read_view.h"

namespace relais::replica {

/// A change with its resolved context and its predecessors.
struct CausalChange {
  document::Position position;
  document::Change change;
  /// The indices of its direct predecessors; all are smaller than its own.
  std::vector<std::size_t> before;
};

/// All applied changes of a document in one compartment, in causal order; concurrent ones by their
/// stamps. Cost: O(n log n) for n changes and their entries. Fails: corrupt, store_failed.
Result<std::vector<CausalChange>> causal_changes(const ReadSource& from,
                                                 const CompartmentId& compartment,
                                                 const document::Address& address);

/// The wanted changes and all their predecessors.
std::vector<bool> with_all_before(const std::vector<CausalChange>& changes,
                                  std::vector<bool> wanted);
/// The state of the wanted changes, without those whose predecessors are missing.
Result<document::State> state_of(const std::vector<CausalChange>& changes,
                                 const std::vector<bool>& wanted);
/// The state that the author of a change saw; `change`: its index.
Result<document::State> state_before(const std::vector<CausalChange>& changes, std::size_t change);

/// A document's history: Replica::history, json and differences.
class History {
 public:
  explicit History(const ReadSource& from) : from_(from) {}

  Result<std::vector<HistoryEntry>> history(const DocumentId& document, std::string_view path);
  Result<std::string> json(const DocumentId& document, const Moment& moment);
  Result<std::vector<FieldDifference>> differences(const DocumentId& document, const Moment& from,
                                                   const Moment& to);

 private:
  struct Part {
    CompartmentId compartment;
    std::vector<CausalChange> changes;
  };
  using States = std::vector<std::pair<CompartmentId, document::State>>;

  /// Fails: not_found.
  Result<std::vector<Part>> parts(const DocumentId& document);
  Result<States> states(const DocumentId& document, const Moment& moment);

  const ReadSource from_;
};

}  // namespace relais::replica
