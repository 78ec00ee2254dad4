#include "replica/projection/awaited.h"

#include <map>

#include "base/coding.h"
#include "base/try.h"
#include "replica/projection/waiting.h"

namespace relais::replica {
namespace {

using Why = StatusReport::Awaited::Why;

/// Nothing: it waits for a change that is held and waits itself.
Result<std::optional<Why>> why(const store::Reads& store, const store::LogRow* row,
                               std::uint64_t seq, const store::ChangeName& waiting) {
  if (row == nullptr || row->head.seq < seq) return std::optional(Why::missing);
  const Bytes key = store::waiting_key(waiting.document, waiting.log, waiting.seq);
  RELAIS_ASSIGN(const auto value, store.get(store::Family::index, key));
  if (!value || value->empty()) return std::optional<Why>();
  RELAIS_ASSIGN(const Wait wait, decode_wait(*value));
  return wait.what == Wait::For::hash ? std::optional(Why::other_history) : std::nullopt;
}

}  // namespace

Result<std::vector<Awaited>> awaited(const store::Reads& store, const store::LogTable& logs) {
  std::map<std::pair<log::LogId, Why>, std::uint64_t> found;
  const auto rows = store.scan_prefix(store::Family::index, Bytes(1, store::index::kDependent));
  for (; rows->valid(); rows->next()) {
    if (rows->value() != BytesView(&kWaits, 1)) continue;
    Reader in(rows->key().substr(1));
    const auto compartment = logs.compartment(in.u32());
    const AuthorId author = in.id<AuthorId>();
    const std::uint64_t seq = in.u64();
    RELAIS_ASSIGN(const auto waiting, store::parse_change_name(in.rest()));
    if (!in.ok() || !compartment) {
      return Error(ErrorCode::corrupt, "The index of waiting changes is damaged.");
    }
    const log::LogId log{*compartment, author};
    RELAIS_ASSIGN(const auto reason, why(store, logs.find(log), seq, waiting));
    if (reason) ++found[{log, *reason}];
  }
  RELAIS_TRY(rows->status());
  std::vector<Awaited> list;
  for (const auto& [what, changes] : found) list.push_back({what.first, what.second, changes});
  return list;
}

}  // namespace relais::replica
