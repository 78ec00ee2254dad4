#include "engine/reader.h"

#include <algorithm>

#include "base/try.h"
#include "document/json.h"
#include "document/read.h"

namespace relais::engine {
namespace {

Error no_document() { return Error(ErrorCode::not_found, "There is no such document."); }

FieldKind public_kind(document::Kind kind) {
  switch (kind) {
    case document::Kind::value: return FieldKind::value;
    case document::Kind::map: return FieldKind::map;
    case document::Kind::list: return FieldKind::list;
    case document::Kind::text: return FieldKind::text;
    case document::Kind::set: return FieldKind::set;
    case document::Kind::counter: return FieldKind::counter;
  }
  return FieldKind::value;
}

bool shows(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return !part.state.empty(); });
}

}  // namespace

std::vector<CompartmentId> compartments_of(const Core& core, std::string_view scope) {
  std::vector<CompartmentId> ids;
  for (const access::Compartment& compartment : core.control.membership.compartments()) {
    if (compartment.scope == scope && core.logs.compartment_no(compartment.id)) {
      ids.push_back(compartment.id);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<std::optional<Part>> Reader::part(const CompartmentId& compartment,
                                         const document::Address& address) {
  const Bytes key = store::document_key(*core_.logs.compartment_no(compartment), address);
  RELAIS_ASSIGN(const auto bytes, reads_.get(store::Family::documents, key));
  if (!bytes) return std::optional<Part>{};
  RELAIS_ASSIGN(const auto record, store::decode_document_record(*bytes));
  RELAIS_ASSIGN(auto state, core_.documents.state(core_.control, reads_, record));
  return std::optional(Part{compartment, std::move(state)});
}

Result<std::vector<Part>> Reader::parts(const DocumentId& document) {
  std::vector<Part> parts;
  for (const CompartmentId& compartment : compartments_of(core_, document.scope)) {
    RELAIS_ASSIGN(auto found, part(compartment, {document.collection, document.id}));
    if (found) parts.push_back(std::move(*found));
  }
  return parts;
}

Result<std::string> Reader::json(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  if (!shows(found)) return no_document();
  std::vector<const document::State*> states;
  for (const Part& part : found) states.push_back(&part.state);
  return document::to_json(states);
}

Provenance Reader::provenance(const document::Position& at, const CompartmentId& compartment,
                              document::Stamp stamp) const {
  Provenance written{at.author, {}, at.seq, stamp.wall().ms};
  if (const store::LogRow* row = core_.logs.find(log::LogId{compartment, at.author})) {
    written.device = log::device_id(row->device_key);
  }
  return written;
}

Version Reader::version(const document::Sibling& sibling, const CompartmentId& compartment) const {
  return {sibling.value,
          provenance({sibling.dot.author, sibling.dot.seq}, compartment, sibling.stamp)};
}

Result<FieldView> Reader::field(const DocumentId& document, std::string_view path) {
  RELAIS_ASSIGN(const auto found, parts(document));
  if (!shows(found)) return no_document();
  Error error = Error(ErrorCode::not_found, "There is no such field.");
  for (const Part& part : found) {
    auto parsed = document::parse_path(path, part.state);
    if (!parsed) {
      error = std::move(parsed).error();
      continue;
    }
    auto field = document::read_field(part.state, *parsed);
    if (!field) continue;
    FieldView view;
    view.kind = public_kind(field->kind);
    for (const auto& sibling : field->siblings) {
      view.versions.push_back(version(sibling, part.compartment));
    }
    view.text = std::move(field->text);
    view.count = field->count;
    view.elements = std::move(field->elements);
    view.size = field->items.size();
    view.names = std::move(field->names);
    for (const document::Kind kind : field->other_kinds)
      view.other_kinds.push_back(public_kind(kind));
    return view;
  }
  return error;
}

Result<std::vector<ConflictView>> Reader::conflicts_of(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  std::vector<ConflictView> views;
  for (const Part& part : found) {
    for (const document::Conflict& conflict : part.state.conflicts()) {
      ConflictView view{document,
                        document::to_text(conflict.path, part.state),
                        public_kind(conflict.kind),
                        {},
                        conflict.kinds_clash,
                        conflict.revived};
      for (const auto& sibling : conflict.siblings) {
        view.versions.push_back(version(sibling, part.compartment));
      }
      views.push_back(std::move(view));
    }
  }
  return views;
}

Status Reader::add_history(const CompartmentId& compartment, const DocumentId& document,
                           std::vector<HistoryEntry>& history) {
  // Each change names, in its context, the changes of its document before it: from the last ones
  // all are found, and no other index is needed.
  const Bytes key = store::document_key(*core_.logs.compartment_no(compartment),
                                        {document.collection, document.id});
  RELAIS_ASSIGN(const auto record, Documents::record(reads_, key));
  RELAIS_ASSIGN(const auto state, core_.documents.state(core_.control, reads_, record));
  std::vector<store::LocalPosition> todo = record.context;
  std::set<std::pair<store::LogNo, std::uint64_t>> seen;
  while (!todo.empty()) {
    const store::LocalPosition at = todo.back();
    todo.pop_back();
    if (!seen.insert({at.log, at.seq}).second) continue;
    RELAIS_ASSIGN(const auto placed, core_.documents.change(core_.control, reads_, at));
    const auto& [change, position] = placed;
    HistoryEntry entry{provenance(position, compartment, change.stamp), {}, change.transaction};
    for (const document::Op& op : change.ops) {
      std::string path = document::to_text(op.path, state);
      if (entry.paths.empty() || entry.paths.back() != path) entry.paths.push_back(std::move(path));
    }
    history.push_back(std::move(entry));
    for (const document::Position& before : change.context.entries()) {
      const store::LogRow* row = core_.logs.find(log::LogId{compartment, before.author});
      if (row != nullptr) todo.push_back({row->no, before.seq});
    }
  }
  return {};
}

Result<std::vector<HistoryEntry>> Reader::history(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  if (found.empty()) return no_document();
  std::vector<HistoryEntry> history;
  for (const Part& part : found) RELAIS_TRY(add_history(part.compartment, document, history));
  std::sort(history.begin(), history.end(), [](const HistoryEntry& a, const HistoryEntry& b) {
    return std::tie(a.written.time_ms, a.written.author, a.written.seq) <
           std::tie(b.written.time_ms, b.written.author, b.written.seq);
  });
  return history;
}

}  // namespace relais::engine
