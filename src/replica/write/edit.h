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

/// A transaction under construction: one draft for each document and compartment.
class Edit {
 public:
  explicit Edit(Core& core) : core_(core), time_(core.next_time()) {}

  /// Runs `action(draft, path)` on the draft that holds the path's section.
  template <class Action>
  Status at(const DocumentId& document, std::string_view path, Action&& action) {
    return with_draft(document, document::section_of(path), [&](document::Draft& draft) -> Status {
      RELAIS_ASSIGN(const document::Path parsed, document::parse_path(path, draft.state()));
      return action(draft, parsed);
    });
  }
  /// An empty path puts a whole document, each section in its compartment. `text`: new strings that
  /// become text.
  Status put_json(const DocumentId& document, std::string_view path, std::string_view json,
                  const document::TextRules& text = {});
  /// With a reason: as Transaction::make_void.
  Status erase(const DocumentId& document, std::string_view path,
               const std::optional<std::string>& reason = {});
  Status restore(const DocumentId& document, std::string_view path);
  Status resolve(const DocumentId& document, std::string_view path, const Version& version);
  Status keep(const DocumentId& document, std::string_view path);
  /// Undoes what this device's last transaction that changed the document did in it.
  Status undo(const DocumentId& document);
  /// The same for the given changes of this device, together.
  Status undo(const DocumentId& document, const std::vector<ChangeId>& changes);
  Status mark_same(const DocumentId& a, const DocumentId& b);
  Status unmark_same(const DocumentId& a, const DocumentId& b);
  Result<std::string> json(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path);

  /// Sets the user's label. Fails: invalid_argument.
  Status set_user(std::string_view user);

  /// Whether there is nothing to write.
  bool empty() const { return drafts_.empty(); }
  /// Writes all drafts; durable on return. Fails: limit_exceeded if they exceed one transaction; as
  /// ensure_compartments, cite_applied, check_growth and OwnCommit.
  Result<Written> commit();
  /// Makes the compartments and epochs that the edit needs; durable on return. Call before
  /// `append_to`. Fails: as ensure_compartment; store_failed (retry) if this device changed its
  /// author.
  Status ensure_compartments();
  /// Appends all drafts: one transaction in each compartment, or several if `in_several`.
  Status append_to(OwnCommit& commit, bool in_several = false);

 private:
  using Key = std::pair<CompartmentId, DocumentId>;
  /// Runs `action` on the section's draft. A draft that stays without ops is dropped, because
  /// drafts have consecutive positions in the log.
  template <class Where, class Action>
  Status with_draft(const DocumentId& document, const Where& where, Action&& action) {
    RELAIS_ASSIGN(const Key key, open_draft(document, where));
    document::Draft& draft = drafts_.at(key);
    const auto before = draft.extent();
    Status done = action(draft);
    // A host that continues after a failure must not commit a part of the failed edit.
    if (!done && draft.extent() != before) partial_failure_ = done;
    if (draft.empty()) drop_last(key);
    return done;
  }
  template <class Action>
  Status at_all_parts(const DocumentId& document, const Action& action);
  /// The compartments with a part of the document, stored or of this edit, sorted.
  Result<std::vector<CompartmentId>> compartments_of(const DocumentId& document);
  struct OwnWrite;
  Status take_back(const DocumentId& document, const std::vector<OwnWrite>& writes);
  /// The compartment in which this device writes the section. Makes nothing. Fails:
  /// invalid_argument; as find_compartment and check_section.
  Result<CompartmentId> compartment_of(const DocumentId& document, std::string_view section);
  Result<Key> open_draft(const DocumentId& document, std::string_view section);
  Result<Key> open_draft(const DocumentId& document, const CompartmentId& compartment);
  /// Runs `action` on the document's states including the edit, one per compartment.
  template <class Action>
  auto with_states(const DocumentId& document, const Action& action)
      -> Result<decltype(action(std::vector<const document::State*>()))>;
  Status put_document(const DocumentId& document, std::string_view json,
                      const document::TextRules& text);
  void drop_last(const Key& key);
  document::Position take_position(const CompartmentId& compartment);
  struct Made {
    DocumentId document;
    document::Position position;
    document::Change change;
    bool has_marks;  ///< as in cite_applied
  };
  using Changes = std::vector<Made>;
  /// All changes by compartment, in the order of their positions.
  std::map<CompartmentId, Changes> finish_drafts();
  /// Adds the citations and encodes. `written`: bytes of the edit's changes of the document so far.
  Result<Bytes> encode(const CompartmentId& compartment, Made& made, std::size_t& written);
  /// A change that is ready to be appended.
  struct Encoded {
    CompartmentId compartment;
    DocumentId document;
    document::Position position;
    Bytes bytes;
  };
  /// All changes, by compartment and position. The drafts can't be edited any more.
  Result<std::vector<Encoded>> encode_all();
  Status append(OwnCommit& commit, const std::vector<Encoded>& all, bool in_several);
  static Status check_size(const std::vector<Encoded>& all);
  bool makes_compartments() const;
  /// The transaction's id, if it has several compartments or several changes of one document.
  std::optional<TransactionId> shared_id(const std::map<CompartmentId, Changes>& parts) const;

  /// A written section: determines its compartment.
  struct Section {
    std::string scope;
    std::string collection;
    std::string section;
    auto operator<=>(const Section&) const = default;
  };

  Core& core_;
  std::optional<AuthorId> author_;  ///< of the positions in `next_`
  document::WriteTime time_;
  std::string user_;
  Status partial_failure_;  ///< of an action that left some of its ops in a draft
  std::map<Key, document::Draft> drafts_;
  std::map<CompartmentId, document::Position> next_;  ///< the next free position
  std::map<CompartmentId, std::set<Section>> sections_;
  Written written_;
};

}  // namespace relais::replica
