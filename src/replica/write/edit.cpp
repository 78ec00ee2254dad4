#include "replica/write/edit.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/try.h"
#include "document/json/json.h"
#include "document/state/table.h"
#include "document/view/sections.h"
#include "document/view/tree.h"
#include "log/packing.h"
#include "replica/projection/citing.h"
#include "replica/write/epochs.h"
#include "replica/write/section_compartment.h"
#include "replica/write/transaction_size.h"

namespace relais::replica {

namespace {

/// New names must be printable; existing documents can be edited under any name.
Status check_new_name(Core& core, const DocumentId& document) {
  Status name = check_printable(document.scope, "A scope's name");
  if (name) name = check_printable(document.collection, "A collection's name");
  if (name) name = check_printable(document.id, "A document's id");
  if (name) return {};
  RELAIS_ASSIGN(const auto there, ReadView(core.reading()).compartments_with(document));
  return there.empty() ? name : Status();
}

}  // namespace

Result<CompartmentId> Edit::compartment_of(const DocumentId& document, std::string_view section) {
  RELAIS_TRY(document::check_address({document.collection, document.id}));
  RELAIS_TRY(check_new_name(core_, document));
  RELAIS_ASSIGN(const CompartmentId compartment,
                find_compartment(core_, document.scope, document.collection, section));
  sections_[compartment].insert({document.scope, document.collection, std::string(section)});
  const Status known = check_section(core_, document.collection, section);
  if (known) return compartment;
  // A section that exists may be changed and erased.
  bool is_there = false;
  const auto look = [&](document::Draft& draft) {
    const document::Path path{document::Step(std::string(section))};
    is_there = document::read_field(draft.state(), path).has_value();
    return Status();
  };
  RELAIS_TRY(with_draft(document, compartment, look));
  if (is_there) return compartment;
  return known.error();
}

Result<Edit::Key> Edit::open_draft(const DocumentId& document, std::string_view section) {
  RELAIS_ASSIGN(const CompartmentId compartment, compartment_of(document, section));
  return open_draft(document, compartment);
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
  if (!next_.contains(compartment)) {
    RELAIS_TRY(ensure_epoch_if_nearly_full(core_, compartment));
    if (!author_) author_ = core_.identity.author();
    RELAIS_ASSIGN(const document::Position first, next_own_position(core_, compartment));
    next_.emplace(compartment, first);
  }
  const auto more = [this, compartment] { return take_position(compartment); };
  drafts_.emplace(key, document::Draft(std::move(base), take_position(compartment), address,
                                       time_.stamp, more));
  return key;
}

document::Position Edit::take_position(const CompartmentId& compartment) {
  document::Position& next = next_.at(compartment);
  const document::Position taken = next;
  ++next.seq;
  return taken;
}

void Edit::drop_last(const Key& key) {
  drafts_.erase(key);
  --next_.at(key.first).seq;
}

Status Edit::put_json(const DocumentId& document, std::string_view path, std::string_view json,
                      const document::TextRules& text) {
  if (path.empty()) return put_document(document, json, text);
  return at(document, path, [&](document::Draft& draft, const document::Path& parsed) {
    return draft.put_json(parsed, json, text);
  });
}

Status Edit::put_document(const DocumentId& document, std::string_view json,
                          const document::TextRules& text) {
  RELAIS_TRY(document::check_address({document.collection, document.id}));
  RELAIS_ASSIGN(const auto sections, document::split_sections(json));
  if (sections.empty()) {
    return with_draft(document, "",
                      [&](document::Draft& draft) { return draft.put_json({}, json, text); });
  }
  // By compartment, so that each part of the document is read once.
  std::map<CompartmentId, std::vector<std::size_t>> parts;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    RELAIS_ASSIGN(const CompartmentId compartment, compartment_of(document, sections[i].first));
    parts[compartment].push_back(i);
  }
  const auto put = [&](document::Draft& draft, const std::vector<std::size_t>& indices) -> Status {
    RELAIS_TRY(draft.start_anew({}, FieldKind::map));
    for (const std::size_t i : indices) {
      const auto& [name, value] = sections[i];
      RELAIS_TRY(draft.put_json({document::Step(name)}, value, text));
    }
    return {};
  };
  for (const auto& [compartment, indices] : parts) {
    const auto& of_part = indices;
    RELAIS_TRY(with_draft(document, compartment,
                          [&](document::Draft& draft) { return put(draft, of_part); }));
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

Result<std::vector<CompartmentId>> Edit::compartments_of(const DocumentId& document) {
  RELAIS_ASSIGN(auto ids, ReadView(core_.reading()).compartments_with(document));
  for (const auto& [key, draft] : drafts_) {
    if (key.second == document) ids.push_back(key.first);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// Runs `action(draft)` on each part of the document. Fails: as `action`; not_found if it fails so
/// for all parts.
template <class Action>
Status Edit::at_all_parts(const DocumentId& document, const Action& action) {
  Status nothing = Error(ErrorCode::not_found, "There is no such document.");
  bool done = false;
  RELAIS_ASSIGN(const auto compartments, compartments_of(document));
  for (const CompartmentId& compartment : compartments) {
    const auto act = [&](document::Draft& draft) {
      const Status one = action(draft);
      const bool is_empty = !one && one.error().code() == ErrorCode::not_found;
      if (is_empty) nothing = one;
      done = done || one;
      return is_empty ? Status() : one;
    };
    RELAIS_TRY(with_draft(document, compartment, act));
  }
  return done ? Status() : nothing;
}

template <class Action>
auto Edit::with_states(const DocumentId& document, const Action& action)
    -> Result<decltype(action(std::vector<const document::State*>()))> {
  ReadView reader(core_.reading());
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
  ReadView reader(core_.reading());
  Result<FieldTree> tree = Error(ErrorCode::not_found, "Nothing is at the path.");
  for (const CompartmentId& id :
       reader.compartments_of_section(document, document::section_of(path))) {
    const auto draft = drafts_.find({id, document});
    std::optional<Part> stored;
    if (draft == drafts_.end()) {
      RELAIS_ASSIGN(stored, reader.part(id, {document.collection, document.id}));
      if (!stored) continue;
    }
    const document::State& state = stored ? stored->state : draft->second.state();
    const auto parsed = document::parse_path(path, state);
    tree = parsed ? document::read_tree(state, *parsed) : Result<FieldTree>(parsed.error());
    if (tree) break;
  }
  return tree;
}

Status Edit::set_user(std::string_view user) {
  RELAIS_TRY(document::check_user(user));
  RELAIS_TRY(check_printable(user, "A user's label"));
  user_ = user;
  return {};
}

std::map<CompartmentId, Edit::Changes> Edit::finish_drafts() {
  std::map<CompartmentId, Changes> parts;
  for (auto& [key, draft] : drafts_) {
    const bool has_marks = draft.state().table().marked;
    Changes& all = parts[key.first];
    for (auto& [position, change] : std::move(draft).finish_all()) {
      all.push_back({key.second, position, std::move(change), has_marks});
    }
  }
  for (auto& [compartment, changes] : parts) {
    std::sort(changes.begin(), changes.end(),
              [](const Made& a, const Made& b) { return a.position.seq < b.position.seq; });
  }
  return parts;
}

std::optional<TransactionId> Edit::shared_id(const std::map<CompartmentId, Changes>& parts) const {
  std::size_t changes = 0;
  for (const auto& [compartment, part] : parts) changes += part.size();
  if (parts.size() < 2 && changes == drafts_.size()) return std::nullopt;
  return core_.environment.random.draw<TransactionId>();
}

Result<Bytes> Edit::encode(const CompartmentId& compartment, Made& made, std::size_t& written) {
  document::Change& change = made.change;
  RELAIS_TRY(cite_applied(core_, compartment, change, made.position, made.has_marks));
  Bytes bytes = document::encode(change, made.position);
  if (bytes.size() > limits::kChangeBytes || change.ops.size() > limits::kOpsPerChange) {
    return Error(ErrorCode::limit_exceeded,
                 "The edit of the document is too large for one change.");
  }
  written += bytes.size();
  RELAIS_TRY(check_growth(core_, compartment, change, written));
  return bytes;
}

Status Edit::ensure_compartments() {
  for (const auto& [key, draft] : drafts_) {
    for (const Section& each : sections_[key.first]) {
      RELAIS_TRY(ensure_compartment(core_, each.scope, each.collection, each.section));
    }
    sections_.erase(key.first);
  }
  // A member whose control log was full has started a new incarnation.
  if (!author_ || core_.identity.author() == *author_) return {};
  return Error(ErrorCode::store_failed,
               "This device continues as another author, and nothing was written: write again.",
               Retry::later);
}

Result<std::vector<Edit::Encoded>> Edit::encode_all() {
  RELAIS_TRY(partial_failure_);
  auto parts = finish_drafts();
  const auto transaction = shared_id(parts);
  std::vector<Encoded> all;
  for (auto& [compartment, changes] : parts) {
    std::map<document::Address, std::size_t> written;
    for (Made& made : changes) {
      made.change.attribution = {transaction, user_, time_.wall_offset_ms};
      RELAIS_ASSIGN(Bytes bytes, encode(compartment, made, written[made.change.address]));
      all.push_back({compartment, std::move(made.document), made.position, std::move(bytes)});
    }
  }
  return all;
}

Status Edit::append(OwnCommit& commit, const std::vector<Encoded>& all, bool in_several) {
  TransactionSize size;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Encoded& each = all[i];
    const bool first = i == 0 || all[i - 1].compartment != each.compartment;
    if (first) size = {};
    const bool fits = size.add(each.bytes.size());
    if (!first) RELAIS_TRY(commit.add(each.compartment, all[i - 1].bytes, !fits && in_several));
    RELAIS_ASSIGN(const document::Position next, commit.next(each.compartment));
    RELAIS_CHECK(next == each.position);
    written_.changes.push_back({each.document, {each.compartment, next.author, next.seq}});
    const bool last = i + 1 == all.size() || all[i + 1].compartment != each.compartment;
    if (last) RELAIS_TRY(commit.add(each.compartment, each.bytes, true));
  }
  return {};
}

Status Edit::append_to(OwnCommit& commit, bool in_several) {
  RELAIS_ASSIGN(const auto all, encode_all());
  return append(commit, all, in_several);
}

/// As an OwnCommit will find, which needs the compartments.
Status Edit::check_size(const std::vector<Encoded>& all) {
  log::Packer packer;
  std::size_t bytes = 0;
  bool fits = all.size() <= limits::kTransactionChanges;
  for (auto each = all.begin(); fits && each != all.end(); ++each) {
    fits = bytes + each->bytes.size() + log::kBlockOverhead <= limits::kTransactionBytes;
    bytes += packer.pack(each->bytes, log::kCurrentDictionary).size() + crypto::kTagBytes;
  }
  return fits ? Status() : transaction_too_large();
}

Result<Written> Edit::commit() {
  RELAIS_ASSIGN(const auto all, encode_all());
  // A transaction that is too large makes no compartment either.
  if (makes_compartments()) RELAIS_TRY(check_size(all));
  RELAIS_TRY(ensure_compartments());
  OwnCommit commit(core_);
  RELAIS_TRY(append(commit, all, false));
  if (commit.size_bytes() > limits::kTransactionBytes ||
      commit.changes() > limits::kTransactionChanges) {
    return transaction_too_large();
  }
  RELAIS_TRY(commit.finish());
  return std::move(written_);
}

bool Edit::makes_compartments() const {
  return std::any_of(drafts_.begin(), drafts_.end(), [this](const auto& draft) {
    return core_.control.membership.compartment(draft.first.first) == nullptr;
  });
}

}  // namespace relais::replica
