#pragma once

#include <vector>

#include "replica/projection/waiting.h"

namespace relais::replica {

/// What a change cites, one place each, in the order in which they are resolved.
struct Entry {
  document::Position place;
  std::optional<document::HeadPrefix> hash;  ///< none of its own log, and of dots that ops name
  bool by_content = false;                   ///< the place is that of a by-content change's dots
};
std::vector<Entry> entries_of(const document::Change& change, const document::Position& self);

/// Resolves what changes cite: docs/spec/projection.md, "Applying".
class Resolver {
 public:
  Resolver(ProjectionGround& ground, WaitingIndex& waiting) : ground_(ground), waiting_(waiting) {}

  struct Answer {
    enum class Is : std::uint8_t { ready, waits, invalid } is = Is::ready;
    Wait wait;  ///< for what, if it waits
  };
  /// Whether the change may be applied; the entries before `from` are resolved already.
  Result<Answer> resolve(const DocumentSlot& slot, const store::LocalPosition& change,
                         const std::vector<Entry>& entries, std::uint32_t from);

  /// What a change covers whose entries are all resolved. What it covers beyond what is applied
  /// means nothing.
  Result<document::Context> context(const DocumentSlot& slot, const PlacedChange& placed);
  /// Whether it cites what never comes of a frozen log.
  Result<bool> ignores_entries(const DocumentSlot& slot, const PlacedChange& placed) const;
  Result<bool> is_applied(const DocumentSlot& slot, const store::LocalPosition& at);
  /// Whether all parts of its import that a change names stand right before it; of any other
  /// change, true. Its entries are resolved.
  Result<bool> follows_its_parts(const DocumentSlot& slot, const PlacedChange& placed);
  /// What an entry stands for in a change that isn't whole: all that its change covers, and itself.
  Result<document::Context> stands_for(const DocumentSlot& slot, const document::Position& place);

 private:
  /// For a single entry: ready, or what it waits for.
  Result<Answer> resolve(const DocumentSlot& slot, const store::LocalPosition& change,
                         const Entry& entry);
  /// Ready once one change that carries it is applied.
  Result<Answer> content(const DocumentSlot& slot, const document::Position& place);
  Result<Answer> beyond_end(const DocumentSlot& slot, const store::LocalPosition& change,
                            const document::Position& place, std::uint64_t end);
  Result<Answer> not_applied(const DocumentSlot& slot, const store::LocalPosition& change,
                             const document::Position& place, store::LogNo log);
  /// Ready once no earlier change of the log waits in the document.
  Result<Answer> settled_before(const DocumentSlot& slot, const document::Position& place,
                                store::LogNo log);
  Result<bool> matches(const store::LogRow& row, const Entry& entry) const;
  Result<bool> never_comes(const DocumentSlot& slot, const Entry& entry) const;
  Result<document::Context> whole_context(const DocumentSlot& slot,
                                          const PlacedChange& placed) const;
  Result<document::Context> context_at(const DocumentSlot& slot, const store::LocalPosition& at);
  document::Context within_ends(const DocumentSlot& slot, const document::Context& context) const;
  Result<std::uint64_t> last_applied_before(const DocumentSlot& slot,
                                            const store::LocalPosition& at);
  Status except_floors(const DocumentSlot& slot, const document::Change& change,
                       document::Context& context);

  ProjectionGround& ground_;
  WaitingIndex& waiting_;
};

/// The first bytes of a log's hash at a place that is held.
Result<crypto::Hash> hash_at(const store::Reads& store, const store::LogRow& row,
                             std::uint64_t seq);

}  // namespace relais::replica
