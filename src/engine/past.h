#pragma once

#include <functional>

#include "engine/reader.h"

namespace relais::engine {

/// A change of a document, with its context resolved to what was applied before it.
struct PastChange {
  document::Position position;
  document::Change change;
};

/// All changes of a document in one compartment that are applied, each after those it builds on.
/// Fails: corrupt, store_failed.
Result<std::vector<PastChange>> past_changes(Core& core, const store::Reads& reads,
                                             const CompartmentId& compartment,
                                             const document::Address& address);

/// The state of those of the changes that `wanted` lets through, and that have all they build on.
Result<document::State> state_of(const std::vector<PastChange>& changes,
                                 const std::function<bool(const PastChange&)>& wanted);
/// What a change was made on: the state its author saw.
Result<document::State> state_before(const std::vector<PastChange>& changes,
                                     const PastChange& change);

/// A document's history, as relais/replica.h has it. Expects the core's mutex to be held.
class Past {
 public:
  Past(Core& core, const store::Reads& reads) : core_(core), reads_(reads) {}

  Result<std::vector<HistoryEntry>> history(const DocumentId& document, std::string_view path);
  Result<std::string> json(const DocumentId& document, const Moment& moment);
  Result<std::vector<FieldDifference>> differences(const DocumentId& document, const Moment& from,
                                                   const Moment& to);

 private:
  using States = std::vector<std::pair<CompartmentId, document::State>>;

  Status add_history(const CompartmentId& compartment, const DocumentId& document,
                     std::string_view path, std::vector<HistoryEntry>& history);
  Result<States> states(const DocumentId& document, const Moment& moment);

  Core& core_;
  const store::Reads& reads_;
};

}  // namespace relais::engine
