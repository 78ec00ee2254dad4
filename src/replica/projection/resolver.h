#pragma once

#include <vector>

#include "replica/projection/waiting.h"

namespace relais::replica {

/// An entry of a change's context: one position. In the order in which entries are resolved.
struct Entry {
  document::Position position;
  std::optional<document::HeadPrefix> hash;  ///< none for its own log, and for dots that ops name
  bool by_content = false;                   ///< the position of a by-content change's dots
};
std::vector<Entry> entries_of(const document::Change& change, const document::Position& self);

/// Resolves the entries of changes: docs/spec/projection.md, "Applying".
class Resolver {
 public:
  Resolver(ProjectionBatch& ground, WaitingIndex& waiting) : batch_(ground), waiting_(waiting) {}

  struct Answer {
    enum class Is : std::uint8_t { ready, waits, invalid } is = Is::ready;
    Wait wait;  ///< if it waits
  };
  /// Whether the change can be applied; the entries before `from` are resolved already.
  Result<Answer> resolve(const DocumentSlot& slot, const store::LocalPosition& change,
                         const std::vector<Entry>& entries, std::uint32_t from);

  /// The context of a change whose entries are all resolved. What it covers beyond what is applied
  /// has no meaning.
  Result<document::Context> context(const DocumentSlot& slot, const LocatedChange& located);
  /// Whether it cites what will never arrive of a frozen log.
  Result<bool> ignores_entries(const DocumentSlot& slot, const LocatedChange& located) const;
  Result<bool> is_applied(const DocumentSlot& slot, const store::LocalPosition& at);
  /// For a part of an import whose entry is resolved: whether it directly follows exactly the parts
  /// that it lists. For other changes true.
  Result<bool> follows_its_parts(const DocumentSlot& slot, const LocatedChange& located);
  /// What an entry of a listed change stands for: the change's context and the change itself.
  Result<document::Context> stands_for(const DocumentSlot& slot,
                                       const document::Position& position);

 private:
  /// The same for one entry.
  Result<Answer> resolve(const DocumentSlot& slot, const store::LocalPosition& change,
                         const Entry& entry);
  /// Ready once a carrier is applied.
  Result<Answer> content(const DocumentSlot& slot, const document::Position& position);
  Result<Answer> beyond_end(const DocumentSlot& slot, const store::LocalPosition& change,
                            const document::Position& position, std::uint64_t end);
  Result<Answer> not_applied(const DocumentSlot& slot, const store::LocalPosition& change,
                             const document::Position& position, store::LogNo log);
  /// Ready once no earlier change of the log waits in the document.
  Result<Answer> settled_before(const DocumentSlot& slot, const document::Position& position,
                                store::LogNo log);
  Result<bool> matches(const store::LogRow& row, const Entry& entry) const;
  Result<bool> never_comes(const DocumentSlot& slot, const Entry& entry) const;
  Result<document::Context> whole_context(const DocumentSlot& slot,
                                          const LocatedChange& located) const;
  Result<document::Context> context_at(const DocumentSlot& slot, const store::LocalPosition& at);
  document::Context within_ends(const DocumentSlot& slot, const document::Context& context) const;
  Result<std::uint64_t> last_applied_before(const DocumentSlot& slot,
                                            const store::LocalPosition& at);
  Status except_floors(const DocumentSlot& slot, const document::Change& change,
                       document::Context& context);

  ProjectionBatch& batch_;
  WaitingIndex& waiting_;
};

/// The log's hash at a held position. Fails: not_found, corrupt, store_failed.
Result<crypto::Hash> hash_at(const store::Reads& store, const store::LogRow& row,
                             std::uint64_t seq);

}  // namespace relais::replica
