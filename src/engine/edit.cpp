#include "engine/edit.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "base/try.h"
#include "document/json.h"
#include "document/sections.h"
#include "document/table.h"
#include "document/tree.h"
#include "engine/placing.h"
#include "engine/projection/citing.h"

namespace relais::engine {

namespace {

/// What is made here is to be read as it is; what others have made is edited under its name.
Status check_new_name(Core& core, const DocumentId& document) {
  Status name = check_printable(document.scope, "A scope's name");
  if (name) name = check_printable(document.collection, "A collection's name");
  if (name) name = check_printable(document.id, "A document's id");
  if (name) return {};
  RELAIS_ASSIGN(const auto there, Reader(core, *core.store).compartments_with(document));
  return there.empty() ? name : Status();
}

}  // namespace

Result<Edit::Key> Edit::open_draft(const DocumentId& document, std::string_view section) {
  RELAIS_TRY(document::check_address({document.collection, document.id}));
  RELAIS_TRY(check_new_name(core_, document));
  RELAIS_ASSIGN(const CompartmentId compartment,
                place_section(core_, document.scope, document.collection, section));
  const bool is_new = !drafts_.contains(Key{compartment, document});
  RELAIS_ASSIGN(const Key key, open_draft(document, compartment));
  const Status known = check_section(core_, document.collection, section);
  if (known) return key;
  // What is there already may be changed and erased.
  const document::Path place{document::Step(std::string(section))};
  if (document::read_field(drafts_.at(key).state(), place)) return key;
  if (is_new) drop_last(key);
  return known.error();
}

Result<Edit::Key> Edit::open_draft(const DocumentId& document, const CompartmentId& compartment) {
  const document::Address address{document.collection, document.id};
  const Key key{compartment, document};
  if (drafts_.contains(key)) return key;

  document::State base;
  if (const auto no = core_.logs.compartment_no(compartment)) {
    const Bytes document_key = store::document_key(*no, address);
    RELAIS_ASSIGN(const auto record, Documents::record(*core_.store, document_key));
    RELAIS_ASSIGN(base, core_.documents.state(core_.control, *core_.store, document_key, record));
  }
  OwnCommit commit(core_);
  RELAIS_ASSIGN(document::Position self, commit.next(compartment));
  std::vector<DocumentId>& order = order_[compartment];
  self.seq += order.size();
  order.push_back(document);
  drafts_.emplace(key, document::Draft(std::move(base), self, address, stamp_));
  return key;
}

void Edit::drop_last(const Key& key) {
  order_.at(key.first).pop_back();
  drafts_.erase(key);
}

Status Edit::put_json(const DocumentId& document, std::string_view path, std::string_view json) {
  if (!path.empty()) {
    return at(document, path, [&](document::Draft& draft, const document::Path& parsed) {
      return draft.put_json(parsed, json);
    });
  }
  RELAIS_ASSIGN(const auto sections, document::split_sections(json));
  if (sections.empty()) {
    return with_draft(document, "",
                      [&](document::Draft& draft) { return draft.put_json({}, json); });
  }
  for (const auto& section : sections) {
    const auto put = [&](document::Draft& draft) -> Status {
      RELAIS_TRY(draft.start_anew({}, document::Kind::map));
      return draft.put_json({document::Step(section.first)}, section.second);
    };
    RELAIS_TRY(with_draft(document, section.first, put));
  }
  return {};
}

Status Edit::erase(const DocumentId& document, std::string_view path,
                   const std::optional<std::string>& reason) {
  const auto erase_at = [&reason](document::Draft& draft, const document::Path& at) {
    return reason ? draft.make_void(at, *reason) : draft.erase(at);
  };
  if (!path.empty()) return at(document, path, erase_at);
  return at_all_parts(document, [&](document::Draft& draft) { return erase_at(draft, {}); });
}

Status Edit::restore(const DocumentId& document, std::string_view path) {
  if (!path.empty()) {
    return at(document, path, [](document::Draft& draft, const document::Path& parsed) {
      return draft.restore(parsed);
    });
  }
  return at_all_parts(document, [](document::Draft& draft) { return draft.restore({}); });
}

/// Runs `action(draft)` on the whole of each part of the document; fails if it finds nothing to do
/// in any of them.
template <class Action>
Status Edit::at_all_parts(const DocumentId& document, const Action& action) {
  Status nothing = Error(ErrorCode::not_found, "There is no such document.");
  bool done = false;
  Reader reader(core_, *core_.store);
  RELAIS_ASSIGN(const auto parts, reader.parts(document));
  for (const Part& part : parts) {
    const auto act = [&](document::Draft& draft) {
      const Status one = action(draft);
      const bool is_empty = !one && one.error().code() == ErrorCode::not_found;
      if (is_empty) nothing = one;
      done = done || one;
      return is_empty ? Status() : one;
    };
    RELAIS_TRY(with_draft(document, part.compartment, act));
  }
  return done ? Status() : nothing;
}

template <class Action>
auto Edit::with_states(const DocumentId& document, const Action& action)
    -> Result<decltype(action(std::vector<const document::State*>()))> {
  Reader reader(core_, *core_.store);
  RELAIS_ASSIGN(const auto parts, reader.parts(document));
  std::vector<const document::State*> states;
  for (const auto& [key, draft] : drafts_) {
    if (key.second == document) states.push_back(&draft.state());
  }
  for (const Part& part : parts) {
    if (!drafts_.contains({part.compartment, document})) states.push_back(&part.state);
  }
  if (states.empty()) return Error(ErrorCode::not_found, "There is no such document.");
  return action(states);
}

Result<std::string> Edit::json(const DocumentId& document) {
  return with_states(document, [](const auto& states) { return document::to_json(states); });
}

Result<FieldTree> Edit::tree(const DocumentId& document, std::string_view path) {
  if (path.empty()) {
    return with_states(document, [](const auto& states) { return document::read_tree(states); });
  }
  Result<FieldTree> tree = Error(ErrorCode::not_found, "nothing is at the path");
  RELAIS_TRY(
      at(document, path, [&](document::Draft& draft, const document::Path& parsed) -> Status {
        tree = document::read_tree(draft.state(), parsed);
        return {};
      }));
  return tree;
}

Status Edit::set_user(std::string_view user) {
  RELAIS_TRY(document::check_user(user));
  RELAIS_TRY(check_printable(user, "A user's label"));
  user_ = user;
  return {};
}

std::optional<TransactionId> Edit::shared_id() const {
  const auto parts = std::count_if(order_.begin(), order_.end(),
                                   [](const auto& entry) { return !entry.second.empty(); });
  if (parts < 2) return std::nullopt;
  return core_.environment.random.draw<TransactionId>();
}

Status Edit::commit() {
  OwnCommit commit(core_);
  const auto transaction = shared_id();
  for (auto& [compartment, documents] : order_) {
    for (const DocumentId& id : documents) {
      RELAIS_ASSIGN(const document::Position self, commit.next(compartment));
      document::Draft& draft = drafts_.at({compartment, id});
      const bool has_marks = draft.state().table().marked;
      document::Change change = std::move(draft).finish();
      change.attribution = {transaction, user_};
      RELAIS_TRY(cite_applied(core_, compartment, change, self, has_marks));
      const Bytes bytes = document::encode(change, self);
      if (bytes.size() > limits::kChangeBytes || change.ops.size() > limits::kOpsPerChange) {
        return Error(ErrorCode::limit_exceeded, "That is too much for one edit of a document.");
      }
      RELAIS_TRY(check_growth(core_, compartment, change, bytes.size()));
      RELAIS_TRY(commit.add(compartment, bytes, &id == &documents.back()));
    }
  }
  if (commit.size_bytes() > limits::kTransactionBytes ||
      commit.changes() > limits::kTransactionChanges) {
    return Error(ErrorCode::limit_exceeded,
                 "That is too much for one transaction: write it in parts.");
  }
  return commit.finish();
}

}  // namespace relais::engine
