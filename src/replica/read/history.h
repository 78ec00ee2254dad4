#pragma once

#include <string>
#include <vector>

#include "replica/read/read_view.h"

namespace relais::replica {

/// A change of a document among all of them, with its context resolved to what was applied before
/// it.
struct CausalChange {
  document::Position position;
  document::Change change;
  /// The changes it directly builds on, by their places, all earlier.
  std::vector<std::size_t> before;
};

/// All changes of a document in one compartment that are applied, in causal order: each after those
/// it builds on, and where neither knows of the other, by their stamps. Takes n log n steps for n
/// changes and what they name. Fails: corrupt, store_failed.
Result<std::vector<CausalChange>> causal_changes(const ReadSource& from,
                                                 const CompartmentId& compartment,
                                                 const document::Address& address);

/// Those that are wanted, with all that they build on.
std::vector<bool> with_all_before(const std::vector<CausalChange>& changes,
                                  std::vector<bool> wanted);
/// The state of those of the changes that are wanted, and that have all they build on.
Result<document::State> state_of(const std::vector<CausalChange>& changes,
                                 const std::vector<bool>& wanted);
/// What the change at a place was made on: the state its author saw.
Result<document::State> state_before(const std::vector<CausalChange>& changes, std::size_t change);

/// A document's history, as relais/replica.h has it.
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
