#include "replica/read/read_view.h"

#include <algorithm>

#include "base/try.h"
#include "document/json/json.h"
#include "document/view/cursor.h"
#include "document/view/path_text.h"
#include "document/view/sections.h"
#include "document/view/tree.h"

namespace relais::replica {
namespace {

Error no_document() { return Error(ErrorCode::not_found, "There is no such document."); }

bool shows(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return !part.state.empty(); });
}

std::vector<const document::State*> states_of(const std::vector<Part>& parts) {
  std::vector<const document::State*> states;
  states.reserve(parts.size());
  for (const Part& part : parts) states.push_back(&part.state);
  return states;
}

}  // namespace

std::vector<CompartmentId> compartments_of(const ReadSource& from, std::string_view scope) {
  std::vector<CompartmentId> ids;
  for (const access::Compartment& compartment : from.control.membership.compartments()) {
    if (compartment.scope == scope && from.logs.compartment_no(compartment.id)) {
      ids.push_back(compartment.id);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<std::optional<Part>> ReadView::part(const CompartmentId& compartment,
                                           const document::Address& address) {
  const auto no = from_.logs.compartment_no(compartment);
  if (!no) return std::optional<Part>{};
  const Bytes key = store::document_key(*no, address);
  RELAIS_ASSIGN(const auto bytes, from_.store.get(store::Family::documents, key));
  if (!bytes) return std::optional<Part>{};
  RELAIS_ASSIGN(const auto record, store::decode_document_record(*bytes));
  RELAIS_ASSIGN(auto state, from_.documents().state(from_.control, from_.store, key, record));
  return std::optional(Part{compartment, std::move(state)});
}

Result<std::vector<Part>> ReadView::parts(const DocumentId& document) {
  std::vector<Part> parts;
  for (const CompartmentId& compartment : compartments_of(from_, document.scope)) {
    RELAIS_ASSIGN(auto found, part(compartment, {document.collection, document.id}));
    if (found) parts.push_back(std::move(*found));
  }
  return parts;
}

Result<std::string> ReadView::json(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  if (!shows(found)) return no_document();
  return document::to_json(states_of(found));
}

Provenance ReadView::device_of(const document::Position& at, const CompartmentId& compartment,
                               WallTime time) const {
  Provenance written{at.author, {}, at.seq, time.ms, {}};
  if (const auto log = from_.logs.find(log::LogId{compartment, at.author})) {
    written.device = log::device_id(log->device_key);
  }
  return written;
}

Provenance ReadView::provenance(const document::Position& at, const CompartmentId& compartment,
                                const document::ChangeHeader& header) const {
  Provenance written = device_of(at, compartment, document::written_at(header));
  written.user = header.attribution.user;
  return written;
}

Provenance ReadView::written_by(const document::Position& at, const CompartmentId& compartment,
                                document::Stamp stamp) {
  const auto [known, fresh] = written_.try_emplace({compartment, at});
  if (!fresh) return known->second;
  known->second = device_of(at, compartment, stamp.wall());
  const auto log = from_.logs.find(log::LogId{compartment, at.author});
  Bytes change;
  if (log && from_.decryptor.load(change, from_.control, from_.store, *log, at.seq)) {
    if (const auto header = document::decode_header(change, at)) {
      known->second = provenance(at, compartment, *header);
    }
  }
  return known->second;
}

Version ReadView::version(const document::Sibling& sibling, const CompartmentId& compartment) {
  return {sibling.value, written_by(sibling.change, compartment, sibling.stamp), sibling.rank};
}

std::vector<CompartmentId> ReadView::compartments_of_section(const DocumentId& document,
                                                             std::string_view section) const {
  std::vector<CompartmentId> ids;
  const access::Labels* labels = from_.control.membership.labels(document.collection, section);
  if (labels == nullptr) return ids;
  std::vector<std::string> in_order = labels->highest;
  for (const std::string& label : labels->filed) {
    if (std::find(in_order.begin(), in_order.end(), label) == in_order.end()) {
      in_order.push_back(label);
    }
  }
  for (const std::string& label : in_order) {
    ids.push_back(log::compartment_id(from_.space, document.scope, label));
  }
  return ids;
}

Result<std::vector<Part>> ReadView::parts_of_section(const DocumentId& document,
                                                     std::string_view section) {
  std::vector<Part> parts;
  for (const CompartmentId& id : compartments_of_section(document, section)) {
    RELAIS_ASSIGN(auto found, part(id, {document.collection, document.id}));
    if (found) parts.push_back(std::move(*found));
  }
  return parts;
}

/// Loads only the parts that may hold the path's section; the first one with the path is used.
template <class Action>
auto ReadView::at(const DocumentId& document, std::string_view path, const Action& action)
    -> decltype(action(std::declval<const Part&>(), document::Path())) {
  RELAIS_ASSIGN(const auto found, parts_of_section(document, document::section_of(path)));
  decltype(action(std::declval<const Part&>(), document::Path())) answer = no_document();
  for (const Part& part : found) {
    const auto parsed = document::parse_path(path, part.state);
    auto here = parsed ? action(part, *parsed) : decltype(answer)(parsed.error());
    const bool answers = here.has_value();
    if (answers || &part == &found.front()) answer = std::move(here);
    if (answers) break;
  }
  return answer;
}

VoidView ReadView::deletion(std::string path, const document::Deletion& deletion,
                            const CompartmentId& compartment) {
  return {std::move(path), deletion.reason,
          written_by(deletion.change, compartment, deletion.stamp), false};
}

FieldView ReadView::view(const document::Field& field, const CompartmentId& compartment) {
  FieldView view;
  view.kind = field.kind;
  for (const auto& sibling : field.siblings) view.versions.push_back(version(sibling, compartment));
  view.text = field.text;
  view.count = field.count;
  view.elements = field.elements;
  view.size = field.items.size();
  view.names = field.names;
  for (const FieldKind kind : field.other_kinds) {
    view.other_kinds.push_back(kind);
  }
  return view;
}

Result<FieldView> ReadView::field(const DocumentId& document, std::string_view path) {
  if (path.empty()) return whole(document);
  return at(document, path,
            [&](const Part& part, const document::Path& parsed) { return field_at(part, parsed); });
}

Result<FieldView> ReadView::field_at(const Part& part, const document::Path& path) {
  RELAIS_ASSIGN(const auto field, document::read_field(part.state, path));
  return view(field, part.compartment);
}

/// The document itself, as an object of all its sections.
Result<FieldView> ReadView::whole(const DocumentId& document) {
  RELAIS_ASSIGN(const FieldTree all, tree(document, {}));
  FieldView view;
  view.kind = FieldKind::map;
  for (const FieldTree& child : all.children) view.names.push_back(child.step);
  return view;
}

Result<FieldTree> ReadView::tree(const DocumentId& document, std::string_view path) {
  if (!path.empty()) {
    return at(document, path, [](const Part& part, const document::Path& parsed) {
      return document::read_tree(part.state, parsed);
    });
  }
  RELAIS_ASSIGN(const auto found, parts(document));
  if (!shows(found)) return no_document();
  return document::read_tree(states_of(found));
}

Result<std::vector<VoidView>> ReadView::voids(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  if (found.empty()) return no_document();
  written_.clear();
  const bool shown = shows(found);
  std::vector<VoidView> views;
  for (const Part& part : found) {
    document::PathTexts texts(part.state);
    for (const document::Voided& voided : document::voided_fields(part.state)) {
      views.push_back(deletion(texts.text(voided.path), voided, part.compartment));
      views.back().partly = shown && voided.path.empty();
    }
    const auto whole = document::deletion_of_all(part.state);
    if (!shown || !whole || !whole->reason.empty()) continue;
    views.push_back(deletion({}, *whole, part.compartment));
    views.back().partly = true;
  }
  return views;
}

Result<Cursor> ReadView::cursor(const DocumentId& document, std::string_view path,
                                std::size_t position, CursorSide side) {
  return at(document, path, [&](const Part& part, const document::Path& parsed) {
    return document::make_cursor(part.state, parsed, position, side);
  });
}

Result<std::size_t> ReadView::position(const DocumentId& document, std::string_view path,
                                       const Cursor& cursor) {
  return at(document, path, [&](const Part& part, const document::Path& parsed) {
    return document::find_cursor(part.state, parsed, cursor);
  });
}

Result<std::vector<CompartmentId>> ReadView::compartments_with(const DocumentId& document) {
  std::vector<CompartmentId> with;
  for (const CompartmentId& compartment : compartments_of(from_, document.scope)) {
    const Bytes key = store::document_key(*from_.logs.compartment_no(compartment),
                                          {document.collection, document.id});
    RELAIS_ASSIGN(const auto bytes, from_.store.get(store::Family::documents, key));
    if (bytes) with.push_back(compartment);
  }
  return with;
}

Result<std::size_t> ReadView::count_conflicts(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  std::size_t count = 0;
  for (const Part& part : found) count += part.state.conflicts().size();
  return count;
}

Result<std::vector<ConflictView>> ReadView::conflicts_of(const DocumentId& document) {
  RELAIS_ASSIGN(const auto found, parts(document));
  written_.clear();
  std::vector<ConflictView> views;
  for (const Part& part : found) {
    document::PathTexts texts(part.state);
    for (const document::Conflict& conflict : part.state.conflicts()) {
      ConflictView view{document,
                        texts.text(conflict.path),
                        conflict.kind,
                        {},
                        conflict.kinds_clash,
                        conflict.revived,
                        conflict.moved};
      for (const auto& sibling : conflict.siblings) {
        view.versions.push_back(version(sibling, part.compartment));
      }
      for (const document::Deletion& contested : conflict.deletions) {
        view.deletions.push_back(deletion(view.path, contested, part.compartment));
      }
      views.push_back(std::move(view));
    }
  }
  return views;
}

}  // namespace relais::replica
