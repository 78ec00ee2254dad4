#include "peer/comparison.h"

#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"

namespace relais::peer {

using wire::message::Vectors;
using Kind = Vectors::Kind;

void Comparison::send(Vectors vectors) {
  for (Vectors& page : reconcile::pages(std::move(vectors))) outbox_.send(std::move(page));
}

Status Comparison::open(bool early) {
  RELAIS_ASSIGN(Vectors ours, reconcile::opening(key_, stage_.inventory(), stage_.control()));
  ours.early = early;
  awaits_ = ours.kind == Kind::summary ? Awaits::logs : Awaits::differences;
  send(std::move(ours));
  return {};
}

Status Comparison::open_with(const reconcile::Bases& changed) {
  changed_ = changed;
  awaits_ = Awaits::agreement;
  if (changed.empty()) return {};
  RELAIS_ASSIGN(Vectors ours, reconcile::changes(key_, stage_.inventory(), changed));
  ours.early = true;
  send(std::move(ours));
  return {};
}

Result<std::optional<Comparison::Outcome>> Comparison::await_changes(
    const reconcile::Bases& changed, bool peer_has_some) {
  changed_ = changed;
  awaits_ = Awaits::changes;
  if (peer_has_some) return std::optional<Outcome>();
  Vectors none;
  none.kind = Kind::changes;
  return handle_changes(none);
}

bool Comparison::expects(Kind kind) const {
  switch (awaits_) {
    case Awaits::opening: return kind == Kind::logs || kind == Kind::summary;
    case Awaits::logs: return kind == Kind::logs;
    case Awaits::differences: return kind == Kind::differences;
    case Awaits::changes: return kind == Kind::changes;
    case Awaits::agreement: return kind == Kind::agreed || kind == Kind::differences;
  }
  return false;
}

Result<std::optional<Comparison::Outcome>> Comparison::handle(Vectors page) {
  if (!expects(page.kind)) return misbehaved("it sent vectors of the wrong kind.");
  const bool more = page.more;
  RELAIS_TRY(reconcile::add_page(theirs_, std::move(page)));
  if (more) return std::optional<Outcome>();
  return handle_all(std::exchange(theirs_, {}));
}

Result<std::optional<Comparison::Outcome>> Comparison::handle_all(const Vectors& theirs) {
  const reconcile::Inventory& inventory = stage_.inventory();
  switch (theirs.kind) {
    case Kind::logs: return handle_logs(theirs);
    case Kind::changes: return handle_changes(theirs);
    case Kind::agreed:
      return std::optional(Outcome{reconcile::agreed(key_, inventory, *changed_), false, false});
    case Kind::summary: {
      RELAIS_ASSIGN(Vectors logs, reconcile::answer_summary(key_, inventory, theirs));
      awaits_ = Awaits::differences;
      send(std::move(logs));
      return std::optional<Outcome>();
    }
    case Kind::differences: {
      RELAIS_ASSIGN(auto differences, reconcile::read(key_, inventory, theirs));
      return std::optional(Outcome{std::move(differences), false, false});
    }
  }
  return misbehaved("it sent vectors of the wrong kind.");
}

Result<std::optional<Comparison::Outcome>> Comparison::handle_logs(const Vectors& theirs) {
  RELAIS_ASSIGN(auto differences, reconcile::compare(key_, stage_.inventory(), theirs));
  RELAIS_TRY(reconcile::check_size(differences.size(), stage_.inventory().size()));
  send(reconcile::state(key_, stage_.inventory(), stage_.control(), differences));
  return std::optional(Outcome{std::move(differences), true, false});
}

Result<std::optional<Comparison::Outcome>> Comparison::handle_changes(const Vectors& theirs) {
  RELAIS_ASSIGN(their_changes_, reconcile::read(key_, stage_.inventory(), theirs));
  if (their_changes_.size() > limits::kEarlyChanges) return misbehaved("it sent too many changes.");
  if (changed_->empty() && !their_changes_.empty()) {
    return std::optional(Outcome{their_changes_, true, true});
  }
  RELAIS_ASSIGN(auto differences,
                reconcile::compare_changes(key_, stage_.inventory(), *changed_, theirs));
  send(reconcile::state(key_, stage_.inventory(), false, differences));
  return std::optional(Outcome{std::move(differences), true, false});
}

}  // namespace relais::peer
