// Resolving conflicts, and undo.
#include <algorithm>
#include <map>
#include <set>

#include "document/view/read.h"
#include "replica/read/history.h"
#include "replica/write/edit.h"

namespace relais::replica {

/// What this device wrote to one part of a document, and the state before it.
struct Edit::OwnWrite {
  CompartmentId compartment;
  std::vector<CausalChange> changes;  ///< in causal order
  document::State before;

  const document::Change& last() const { return changes.back().change; }
};

namespace {

Error no_change() {
  return Error(ErrorCode::not_found, "The document has no such change of this device.");
}

Status write_again(document::Draft& draft, const document::Path& path, FieldKind kind,
                   const document::Sibling& chosen) {
  switch (kind) {
    case FieldKind::ranked: return draft.set_ranked(path, chosen.value, chosen.rank);
    case FieldKind::last_writer: return draft.set_last_writer(path, chosen.value);
    default: return draft.set(path, chosen.value);
  }
}

/// The indices of the author's last change and of its transaction's other changes. Empty: the
/// author has changed nothing.
std::vector<std::size_t> last_write(const std::vector<CausalChange>& changes,
                                    const AuthorId& author) {
  std::vector<std::size_t> write;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].position.author != author) continue;
    const auto& transaction = changes[i].change.attribution.transaction;
    const bool goes_on = !write.empty() && transaction &&
                         transaction == changes[write.back()].change.attribution.transaction;
    if (!goes_on) write.clear();
    write.push_back(i);
  }
  return write;
}

Status take_back(document::Draft& draft, const std::vector<CausalChange>& changes,
                 const document::State& before) {
  std::vector<document::Draft::Placed> located;
  for (const CausalChange& causal : changes) located.push_back({&causal.change, causal.position});
  return draft.undo(before, located);
}

}  // namespace

Status Edit::resolve(const DocumentId& document, std::string_view path, const Version& version) {
  return at(document, path, [&](document::Draft& draft, const document::Path& parsed) -> Status {
    RELAIS_ASSIGN(const auto field, document::read_field(draft.state(), parsed));
    const auto versions = document::read_versions(draft.state(), parsed);
    const auto chosen = std::find_if(versions.begin(), versions.end(), [&](const auto& there) {
      const document::Position& change = there.second.change;
      return change.author == version.written.author && change.seq == version.written.seq &&
             there.second.value == version.value;
    });
    if (chosen == versions.end()) {
      return Error(ErrorCode::not_found, "The field has no such version any more.");
    }
    const bool alone = versions.size() == 1 && field.other_kinds.empty();
    if (alone) return draft.keep(parsed);  // settles a contested deletion
    // Deletes the other kinds with all below them.
    if (!field.other_kinds.empty()) RELAIS_TRY(draft.erase(parsed));
    return write_again(draft, parsed, chosen->first, chosen->second);
  });
}

Status Edit::keep(const DocumentId& document, std::string_view path) {
  const auto keep_at = [](document::Draft& draft, const document::Path& at) {
    return draft.keep(at);
  };
  if (!path.empty()) return at(document, path, keep_at);
  ReadView reader(core_.reading());
  RELAIS_ASSIGN(const auto parts, reader.parts(document));
  bool found = false;
  for (const Part& part : parts) {
    if (part.state.empty()) continue;
    found = true;
    RELAIS_TRY(with_draft(document, part.compartment,
                          [&](document::Draft& draft) { return keep_at(draft, {}); }));
  }
  return found ? Status() : Error(ErrorCode::not_found, "There is no such document.");
}

Status Edit::undo(const DocumentId& document, const std::vector<ChangeId>& ids) {
  const crypto::SigningPublicKey& self = core_.identity.keys.signing.public_key;
  std::map<CompartmentId, std::set<document::Position>> wanted;
  for (const ChangeId& id : ids) {
    if (!core_.authors.knows(self, id.author)) return no_change();
    wanted[id.compartment].insert({id.author, id.seq});
  }
  std::vector<OwnWrite> writes;
  for (const auto& [compartment, positions] : wanted) {
    if (!core_.logs.compartment_no(compartment)) return no_change();
    RELAIS_ASSIGN(const auto changes,
                  causal_changes(core_.reading(), compartment, {document.collection, document.id}));
    OwnWrite own{compartment, {}, {}};
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!positions.contains(changes[i].position)) continue;
      if (own.changes.empty()) {
        RELAIS_ASSIGN(own.before, state_before(changes, i));
      }
      own.changes.push_back(changes[i]);
    }
    if (own.changes.size() != positions.size()) return no_change();
    writes.push_back(std::move(own));
  }
  return take_back(document, writes);
}

Status Edit::undo(const DocumentId& document) {
  ReadView reader(core_.reading());
  RELAIS_ASSIGN(const auto compartments, reader.compartments_with(document));
  std::vector<OwnWrite> last;
  for (const CompartmentId& compartment : compartments) {
    RELAIS_ASSIGN(const auto changes,
                  causal_changes(core_.reading(), compartment, {document.collection, document.id}));
    const auto write = last_write(changes, core_.identity.author());
    if (write.empty()) continue;
    OwnWrite own{compartment, {}, {}};
    for (const std::size_t index : write) own.changes.push_back(changes[index]);
    const bool same =
        !last.empty() && own.last().attribution.transaction &&
        own.last().attribution.transaction == last.front().last().attribution.transaction;
    if (!same && !last.empty()) {
      if (own.last().stamp < last.front().last().stamp) continue;
      last.clear();
    }
    RELAIS_ASSIGN(own.before, state_before(changes, write.front()));
    last.push_back(std::move(own));
  }
  return take_back(document, last);
}

Status Edit::take_back(const DocumentId& document, const std::vector<OwnWrite>& writes) {
  Status undone = Error(ErrorCode::not_found, "This device has changed nothing in the document.");
  for (const OwnWrite& own : writes) {
    RELAIS_TRY(with_draft(document, own.compartment, [&](document::Draft& draft) -> Status {
      const Status part = replica::take_back(draft, own.changes, own.before);
      if (part || !undone) undone = part;
      // Later writes may have overwritten one part and not another.
      const bool nothing_left = !part && part.error().code() == ErrorCode::not_found;
      return nothing_left ? Status() : part;
    }));
  }
  return undone;
}

}  // namespace relais::replica
