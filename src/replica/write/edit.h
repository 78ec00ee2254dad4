#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/try.h"
#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/sections.h"
#include "relais/replica.h"
#include "replica/read/read_view.h"
#include "replica/write/own_commit.h"

namespace relais::replica {

/// One transaction in the making: a draft for each document and compartment it touches.
class Edit {
 public:
  explicit Edit(Core& core)
      : core_(core), author_(core.identity.author()), time_(core.next_time()) {}

  /// Runs `action(draft, path)` on the draft that holds the path's section.
  template <class Action>
  Status at(const DocumentId& document, std::string_view path, Action&& action) {
    return with_draft(document, document::section_of(path), [&](document::Draft& draft) -> Status {
      RELAIS_ASSIGN(const document::Path parsed, document::parse_path(path, draft.state()));
      return action(draft, parsed);
    });
  }
  /// An empty path puts a whole document, each section where it belongs. `text`: which new strings
  /// become text.
  Status put_json(const DocumentId& document, std::string_view path, std::string_view json,
                  const document::TextRules& text = {});
  /// With a reason: makes void.
  Status erase(const DocumentId& document, std::string_view path,
               const std::optional<std::string>& reason = {});
  Status restore(const DocumentId& document, std::string_view path);
  Status resolve(const DocumentId& document, std::string_view path, const Version& version);
  Status keep(const DocumentId& document, std::string_view path);
  /// Of the last transaction of this device that changed the document, what it did there, in
  /// however many changes.
  Status undo(const DocumentId& document);
  /// The same of these changes of this device, together.
  Status undo(const DocumentId& document, const std::vector<ChangeId>& changes);
  Status mark_same(const DocumentId& a, const DocumentId& b);
  Status unmark_same(const DocumentId& a, const DocumentId& b);
  Result<std::string> json(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path);

  /// Who writes, as the host calls them.
  Status set_user(std::string_view user);

  /// Whether there is nothing to write.
  bool empty() const { return drafts_.empty(); }
  /// Writes it all; durable on return. Gives what was written. Fails: limit_exceeded if it is more
  /// than one transaction.
  Result<Written> commit();
  /// Makes the compartments and epochs that the edit needs; durable on return. Before `append_to`.
  Status ensure_compartments();
  /// Appends it all: as one transaction in each compartment, or as several where one is too small.
  Status append_to(OwnCommit& commit, bool in_several = false);

 private:
  using Key = std::pair<CompartmentId, DocumentId>;
  /// Runs `action` on the section's draft. One that it left without an op is dropped again: drafts
  /// have places in the log, one after the other.
  template <class Where, class Action>
  Status with_draft(const DocumentId& document, const Where& place, Action&& action) {
    RELAIS_ASSIGN(const Key key, open_draft(document, place));
    document::Draft& draft = drafts_.at(key);
    const auto before = draft.extent();
    Status done = action(draft);
    // A host that goes on after a failure must not write half of what failed.
    if (!done && draft.extent() != before) partial_failure_ = done;
    if (draft.empty()) drop_last(key);
    return done;
  }
  template <class Action>
  Status at_all_parts(const DocumentId& document, const Action& action);
  /// Where the document has a part, stored or of this edit, in the order of their ids.
  Result<std::vector<CompartmentId>> compartments_of(const DocumentId& document);
  struct OwnWrite;
  Status take_back(const DocumentId& document, const std::vector<OwnWrite>& writes);
  /// Where this device writes the section, if it may write it. Makes nothing.
  Result<CompartmentId> place(const DocumentId& document, std::string_view section);
  Result<Key> open_draft(const DocumentId& document, std::string_view section);
  Result<Key> open_draft(const DocumentId& document, const CompartmentId& compartment);
  /// The document's states as they will be, one a compartment.
  template <class Action>
  auto with_states(const DocumentId& document, const Action& action)
      -> Result<decltype(action(std::vector<const document::State*>()))>;
  Status put_document(const DocumentId& document, std::string_view json,
                      const document::TextRules& text);
  void drop_last(const Key& key);
  document::Position take_place(const CompartmentId& compartment);
  struct Made {
    DocumentId document;
    document::Position place;
    document::Change change;
    bool has_marks;  ///< something of the document was deleted
  };
  using Changes = std::vector<Made>;
  /// All changes, by compartment, in the order of their places.
  std::map<CompartmentId, Changes> finish_drafts();
  /// With what it cites. `written`: bytes of the edit's changes of the document so far.
  Result<Bytes> encode(const CompartmentId& compartment, Made& made, std::size_t& written);
  /// What ties changes together: several of one document, or in several compartments.
  std::optional<TransactionId> shared_id(const std::map<CompartmentId, Changes>& parts) const;

  /// A section that is written, with what its compartment is derived from.
  struct Section {
    std::string scope;
    std::string collection;
    std::string section;
    auto operator<=>(const Section&) const = default;
  };

  Core& core_;
  const AuthorId author_;  ///< as which places are taken
  document::WriteTime time_;
  std::string user_;
  Status partial_failure_;  ///< what left a part of itself in a draft
  std::map<Key, document::Draft> drafts_;
  std::map<CompartmentId, document::Position> next_;  ///< place that is free, of those used
  std::map<CompartmentId, std::set<Section>> sections_;
  Written written_;
};

}  // namespace relais::replica
