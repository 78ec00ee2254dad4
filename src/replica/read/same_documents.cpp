#include "replica/read/same_documents.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/limits.h"
#include "base/try.h"
#include "document/codec/value_code.h"
#include "document/json/text_rules.h"
#include "document/state/table.h"
#include "document/view/tree.h"
#include "replica/write/edit.h"

namespace relais::replica {
namespace {

/// A document, read once.
struct Source {
  DocumentId document;
  std::vector<Part> parts;
  FieldTree tree;
};

const FieldTree* child_of(const FieldTree& tree, std::string_view step) {
  const auto at = std::find_if(tree.children.begin(), tree.children.end(),
                               [&](const FieldTree& child) { return child.step == step; });
  return at != tree.children.end() ? &*at : nullptr;
}

std::vector<DocumentId> links_of(const FieldTree& tree) {
  std::vector<DocumentId> links;
  const FieldTree* field = child_of(tree, kSameAs);
  if (field == nullptr || field->kind != FieldKind::set) return links;
  for (const Value& value : field->elements) {
    const auto link = value.text() != nullptr ? parse_link(*value.text()) : std::nullopt;
    if (link) links.push_back(*link);
  }
  return links;
}

bool is_scalar(FieldKind kind) {
  return kind == FieldKind::value || kind == FieldKind::last_writer || kind == FieldKind::ranked;
}

/// Merges the documents' trees, field by field.
class Merger {
 public:
  Merger(ReadView& reader, MergedView& view) : reader_(reader), view_(view) {}

  /// The same field of one or more documents.
  using Fields = std::vector<std::pair<const Source*, const FieldTree*>>;

  FieldTree merge(const Fields& fields) {
    const FieldTree& first = *fields.front().second;
    const bool alike = std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
      return field.second->kind == first.kind;
    });
    if (alike && first.kind == FieldKind::map) return merge_maps(fields);
    if (alike && !is_scalar(first.kind)) return unite(fields);
    return choose(fields);
  }

 private:
  FieldTree merge_maps(const Fields& maps) {
    std::map<std::string, Fields> fields;
    for (const auto& [source, tree] : maps) {
      for (const FieldTree& child : tree->children) fields[child.step].emplace_back(source, &child);
    }
    FieldTree merged;
    merged.step = maps.front().second->step;
    for (const auto& [name, of] : fields) {
      path_.emplace_back(name);
      merged.children.push_back(merge(of));
      path_.pop_back();
    }
    return merged;
  }

  /// Concatenates lists and texts, unites sets, adds counters.
  static FieldTree unite(const Fields& fields) {
    FieldTree merged = *fields.front().second;
    document::Wide count = 0;
    for (const auto& [source, tree] : fields) {
      count += tree->count;
      if (tree == fields.front().second) continue;
      merged.children.insert(merged.children.end(), tree->children.begin(), tree->children.end());
      merged.elements.insert(merged.elements.end(), tree->elements.begin(), tree->elements.end());
      if (tree->text != merged.text) merged.text += '\n' + tree->text;
    }
    merged.count = document::saturated(count);
    const auto less = [](const Value& a, const Value& b) { return document::compare(a, b) < 0; };
    std::sort(merged.elements.begin(), merged.elements.end(), less);
    merged.elements.erase(std::unique(merged.elements.begin(), merged.elements.end()),
                          merged.elements.end());
    return merged;
  }

  /// What a document shows at the path, with its stamp.
  struct Shown {
    document::Stamp stamp;
    Version version;
    const DocumentId* document;
    const FieldTree* tree;
  };

  /// Of values, the latest; where kinds differ, the first document's. Lists all as a difference.
  FieldTree choose(const Fields& fields) {
    std::vector<std::string> texts;
    for (const auto& [source, tree] : fields) texts.push_back(document::to_json(*tree));
    const bool equal = std::all_of(texts.begin(), texts.end(),
                                   [&](const std::string& text) { return text == texts.front(); });
    if (equal) return *fields.front().second;
    std::vector<Shown> all;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      all.push_back(shown(*fields[i].first, *fields[i].second, std::move(texts[i])));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Shown& a, const Shown& b) { return b.stamp < a.stamp; });
    MergedView::Difference difference{path_text(), {}};
    for (Shown& one : all) {
      difference.versions.emplace_back(*one.document, std::move(one.version));
    }
    view_.differences.push_back(std::move(difference));
    return *all.front().tree;
  }

  /// The field's value; for a field that isn't a register, its JSON without a writer.
  Shown shown(const Source& source, const FieldTree& tree, std::string json) {
    for (const Part& part : source.parts) {
      const auto field = document::read_field(part.state, path_);
      if (!is_scalar(tree.kind) || !field || field->siblings.empty()) continue;
      const document::Sibling& sibling = field->siblings.front();
      return {sibling.stamp, reader_.version(sibling, part.compartment), &source.document, &tree};
    }
    return {{}, Version{Value(std::move(json)), {}}, &source.document, &tree};
  }

  std::string path_text() const {
    std::string text;
    for (const document::Step& step : path_) {
      if (!text.empty()) text += '/';
      text += document::escape_step(std::get<std::string>(step));
    }
    return text;
  }

  ReadView& reader_;
  MergedView& view_;
  document::Path path_;  ///< of names only: lists are not merged element by element
};

using Sources = std::map<DocumentId, Source>;

/// Nothing if the document doesn't exist.
Result<std::optional<Source>> read_source(ReadView& reader, const DocumentId& document) {
  Source source{document, {}, {}};
  RELAIS_ASSIGN(source.parts, reader.parts(document));
  std::vector<const document::State*> states;
  bool shows = false;
  for (const Part& part : source.parts) {
    states.push_back(&part.state);
    shows = shows || !part.state.empty();
  }
  if (!shows) return std::optional<Source>();
  source.tree = document::read_tree(states);
  return std::optional(std::move(source));
}

Result<Sources> linked_sources(ReadView& reader, const DocumentId& document) {
  Sources sources;
  std::set<DocumentId> seen{document};
  std::vector<DocumentId> todo{document};
  while (!todo.empty()) {
    const DocumentId next = std::move(todo.back());
    todo.pop_back();
    RELAIS_ASSIGN(auto source, read_source(reader, next));
    if (!source && next == document) {
      return Error(ErrorCode::not_found, "There is no such document.");
    }
    if (!source) continue;
    for (DocumentId& link : links_of(source->tree)) {
      if (seen.insert(link).second) todo.push_back(std::move(link));
    }
    sources.emplace(next, std::move(*source));
    if (sources.size() > limits::kLinkedDocuments) {
      return Error(ErrorCode::limit_exceeded, "More than " +
                                                  std::to_string(limits::kLinkedDocuments) +
                                                  " documents are linked with each other.");
    }
  }
  return sources;
}

Status check_link(const DocumentId& a, const DocumentId& b) {
  if (a != b) return {};
  return Error(ErrorCode::invalid_argument, "A document can't be linked with itself.");
}

}  // namespace

std::string link_text(const DocumentId& document) {
  return document.scope + '/' + document.collection + '/' + document.id;
}

std::optional<DocumentId> parse_link(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return DocumentId{std::string(text.substr(0, first)),
                    std::string(text.substr(first + 1, second - first - 1)),
                    std::string(text.substr(second + 1))};
}

Result<MergedView> merged(const ReadSource& from, const DocumentId& document) {
  ReadView reader(from);
  RELAIS_ASSIGN(const auto sources, linked_sources(reader, document));
  MergedView view;
  Merger::Fields fields;
  for (const auto& [linked, source] : sources) {
    view.documents.push_back(linked);
    fields.emplace_back(&source, &source.tree);
  }
  view.json = document::to_json(Merger(reader, view).merge(fields));
  return view;
}

Status Edit::mark_same(const DocumentId& a, const DocumentId& b) {
  RELAIS_TRY(check_link(a, b));
  for (const auto& [from, to] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    RELAIS_TRY(tree(*from, {}));  // fails if it doesn't exist
    const std::string link = link_text(*to);
    RELAIS_TRY(at(*from, kSameAs, [&link](document::Draft& draft, const document::Path& path) {
      return draft.add(path, link);
    }));
  }
  return {};
}

Status Edit::unmark_same(const DocumentId& a, const DocumentId& b) {
  bool found = false;
  for (const auto& [from, to] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    const std::string link = link_text(*to);
    Status removed =
        at(*from, kSameAs, [&link](document::Draft& draft, const document::Path& path) {
          return draft.remove(path, link);
        });
    if (!removed && removed.error().code() != ErrorCode::not_found) return removed;
    found = found || removed.has_value();
  }
  return found ? Status() : Error(ErrorCode::not_found, "The documents aren't linked.");
}

}  // namespace relais::replica
