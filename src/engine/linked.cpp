#include "engine/linked.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/limits.h"
#include "base/try.h"
#include "document/table.h"
#include "document/text_rules.h"
#include "document/tree.h"
#include "document/value_code.h"
#include "engine/edit.h"

namespace relais::engine {
namespace {

using Trees = std::map<DocumentId, FieldTree>;

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

/// Joins the documents' trees, field by field.
class Merger {
 public:
  Merger(Reader& reader, MergedView& view) : reader_(reader), view_(view) {}

  /// The same field of several documents, at least one.
  using Sources = std::vector<std::pair<DocumentId, const FieldTree*>>;

  Result<FieldTree> merge(const std::string& path, const Sources& sources) {
    const FieldTree& first = *sources.front().second;
    const bool alike = std::all_of(sources.begin(), sources.end(), [&](const auto& source) {
      return source.second->kind == first.kind;
    });
    if (alike && first.kind == FieldKind::map) return merge_maps(path, sources);
    if (alike && !is_scalar(first.kind)) return unite(sources);
    return choose(path, sources);
  }

 private:
  Result<FieldTree> merge_maps(const std::string& path, const Sources& sources) {
    std::map<std::string, Sources> fields;
    for (const auto& [document, tree] : sources) {
      for (const FieldTree& child : tree->children)
        fields[child.step].emplace_back(document, &child);
    }
    FieldTree merged;
    merged.step = sources.front().second->step;
    for (const auto& [name, of] : fields) {
      const std::string below = (path.empty() ? "" : path + '/') + document::escape_step(name);
      RELAIS_ASSIGN(auto child, merge(below, of));
      merged.children.push_back(std::move(child));
    }
    return merged;
  }

  /// Lists and texts one after the other, sets as one, counters added.
  static FieldTree unite(const Sources& sources) {
    FieldTree merged = *sources.front().second;
    document::Wide count = 0;
    for (const auto& [document, tree] : sources) {
      count += tree->count;
      if (tree == sources.front().second) continue;
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

  /// Of values the latest; where kinds differ, the first document's. All are listed.
  Result<FieldTree> choose(const std::string& path, const Sources& sources) {
    const bool equal = std::all_of(sources.begin(), sources.end(), [&](const auto& source) {
      return document::to_json(*source.second) == document::to_json(*sources.front().second);
    });
    if (equal) return *sources.front().second;
    MergedView::Difference difference{path, {}};
    for (const auto& [document, tree] : sources) {
      RELAIS_ASSIGN(auto version, shown_version(document, path, *tree));
      difference.versions.emplace_back(document, std::move(version));
    }
    std::stable_sort(difference.versions.begin(), difference.versions.end(),
                     [](const auto& a, const auto& b) {
                       return a.second.written.time_ms > b.second.written.time_ms;
                     });
    const DocumentId shown = difference.versions.front().first;
    view_.differences.push_back(std::move(difference));
    const auto at = std::find_if(sources.begin(), sources.end(),
                                 [&](const auto& source) { return source.first == shown; });
    return *at->second;
  }

  /// Of what is no register: its JSON, and nobody's.
  Result<Version> shown_version(const DocumentId& document, const std::string& path,
                                const FieldTree& tree) {
    if (!is_scalar(tree.kind)) return Version{document::to_json(tree), {}};
    RELAIS_ASSIGN(auto field, reader_.field(document, path));
    return field.versions.front();
  }

  Reader& reader_;
  MergedView& view_;
};

Result<Trees> linked_trees(Reader& reader, const DocumentId& document) {
  RELAIS_ASSIGN(auto first, reader.tree(document, {}));
  std::vector<DocumentId> todo = links_of(first);
  Trees trees;
  trees.emplace(document, std::move(first));
  while (!todo.empty()) {
    const DocumentId next = std::move(todo.back());
    todo.pop_back();
    if (trees.contains(next)) continue;
    auto tree = reader.tree(next, {});
    if (!tree && tree.error().code() == ErrorCode::not_found) continue;  // not here, or deleted
    if (!tree) return std::move(tree).error();
    for (DocumentId& link : links_of(*tree)) todo.push_back(std::move(link));
    trees.emplace(next, std::move(*tree));
    if (trees.size() > limits::kLinkedDocuments) {
      return Error(ErrorCode::limit_exceeded, "more than " +
                                                  std::to_string(limits::kLinkedDocuments) +
                                                  " documents are linked with each other");
    }
  }
  return trees;
}

Status check_link(const DocumentId& a, const DocumentId& b) {
  if (a != b) return {};
  return Error(ErrorCode::invalid_argument, "a document can't be linked with itself");
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

Result<MergedView> merged(Core& core, const store::Reads& reads, const DocumentId& document) {
  Reader reader(core, reads);
  RELAIS_ASSIGN(const auto trees, linked_trees(reader, document));
  MergedView view;
  Merger::Sources sources;
  for (const auto& [linked, tree] : trees) {
    view.documents.push_back(linked);
    sources.emplace_back(linked, &tree);
  }
  RELAIS_ASSIGN(const FieldTree tree, Merger(reader, view).merge({}, sources));
  view.json = document::to_json(tree);
  return view;
}

Status Edit::link(const DocumentId& a, const DocumentId& b) {
  RELAIS_TRY(check_link(a, b));
  for (const auto& [from, to] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    RELAIS_TRY(tree(*from, {}));  // both are there
    const std::string link = link_text(*to);
    RELAIS_TRY(at(*from, kSameAs, [&link](document::Draft& draft, const document::Path& path) {
      return draft.add(path, link);
    }));
  }
  return {};
}

Status Edit::unlink(const DocumentId& a, const DocumentId& b) {
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

}  // namespace relais::engine
