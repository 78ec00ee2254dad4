// How a user undoes edits.
#include <algorithm>

#include "base/try.h"
#include "simulator/user.h"

namespace relais::simulator {

/// Undoes this user's last transaction in a document, which may have been an undo.
Status User::undo_something(replica::Edit& edit) {
  if (last_.empty()) return {};
  const auto at =
      std::next(last_.begin(), static_cast<std::ptrdiff_t>(chance_.below(last_.size())));
  const DocumentId document = at->first;
  const Done done = std::move(at->second);
  last_.erase(at);
  if (done.author != device_.core().identity.author()) return {};
  if (register_.spoiled.contains(document)) return undo_in_spoiled(edit, document, done);
  std::vector<Doing> doings;
  bool changes = false;
  for (const Deed& deed : done.deeds) {
    const Reading now = read_field(device_, deed.field);
    auto undoing = foresee_undo(deed, now);
    if (!undoing) return {};
    if (undoing->restores() && model_.may_stay_gone(deed.field, undoing->again, deed.after.voids)) {
      undoing->is_hidden_by_others = true;
    }
    doings.push_back(undoing_of(deed, now, *undoing));
    changes = changes || (undoing->changes_something() && doings.back().is_sure);
  }
  const Status undone = edit.undo(document);
  if (!undone && undone.error().code() == ErrorCode::not_found) {
    if (changes) violation(done.deeds[0].field, "has nothing left to take back");
    return {};
  }
  RELAIS_TRY(undone);
  doings_ = std::move(doings);
  return {};
}

/// The expected result is unknown.
Status User::undo_in_spoiled(replica::Edit& edit, const DocumentId& document, const Done& done) {
  RELAIS_TRY(edit.undo(document));
  for (const Deed& deed : done.deeds) {
    doings_.push_back({{deed.field, {}, {}, {}}, {}, true, false, nullptr, {}});
  }
  return {};
}

User::Doing User::undoing_of(const Deed& deed, const Reading& now, const Undoing& undoing) {
  Doing doing{{deed.field, now, {}, deed.moved}, undoing.result, true, true, {}, {}};
  // Moves by others of a removed element show only once it is restored.
  const std::size_t own_moves = deed.moved.empty() ? 0 : 1;
  doing.in_order = undoing.exact && model_.moves_in(deed.field) <= own_moves;
  doing.sometimes = undoing.exact ? "sometimes: a change is taken back"
                                  : "sometimes: a change is taken back after others wrote";
  // A value that another user wrote or restored may be theirs: it then stays.
  doing.is_sure =
      !undoing.is_hidden_by_others &&
      std::none_of(undoing.added.begin(), undoing.added.end(),
                   [&](const std::string& one) { return model_.was_restored(deed.field, one); }) &&
      std::none_of(undoing.mine.begin(), undoing.mine.end(),
                   [&](const Sibling& one) { return model_.may_have_twin(deed.field, one); });
  doing.note = [this, undoing](const ActPtr& act, const Doing& done) {
    const Field& field = done.deed.field;
    for (const Sibling& one : undoing.again) {
      const bool is_back = find(done.deed.after.values, one.token) != nullptr;
      const bool stays_gone = !is_back && undoing.is_hidden_by_others;
      // Why it was void isn't read any more either way.
      // Where a deletion further up hides it, it comes into sight with that.
      const ActPtr seen = stays_gone ? std::make_shared<Act>(Act{Certainty::maybe}) : act;
      if (stays_gone) note_write(act, done, {}, {});
      note_write(seen, done, one, undoing.mine, "", undoing.restores());
    }
    if (undoing.again.empty() && !undoing.mine.empty()) note_write(act, done, {}, undoing.mine);
    for (const std::string& one : undoing.added) model_.remove(field, act, one);
    for (const std::string& one : undoing.removed) model_.restore(field, act, one);
    if (undoing.counted != 0) model_.count(field, act, -undoing.counted);
    if (!done.deed.moved.empty()) model_.move(field, act, done.deed.moved, "");
  };
  return doing;
}

}  // namespace relais::simulator
