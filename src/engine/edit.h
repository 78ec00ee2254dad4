#pragma once

#include <map>
#include <vector>

#include "base/try.h"
#include "document/draft.h"
#include "document/json.h"
#include "document/sections.h"
#include "engine/own_commit.h"
#include "engine/reader.h"
#include "relais/document.h"

namespace relais::engine {

/// One transaction in the making: a draft for each document and compartment it touches.
class Edit {
 public:
  explicit Edit(Core& core) : core_(core), stamp_(core.next_stamp()) {}

  /// Runs `action(draft, path)` on the draft that holds the path's section.
  template <class Action>
  Status at(const DocumentId& document, std::string_view path, Action&& action) {
    return with_draft(document, document::section_of(path), [&](document::Draft& draft) -> Status {
      RELAIS_ASSIGN(const document::Path parsed, document::parse_path(path, draft.state()));
      return action(draft, parsed);
    });
  }
  /// An empty path puts a whole document, each section where it belongs.
  Status put_json(const DocumentId& document, std::string_view path, std::string_view json);
  /// With a reason: makes void.
  Status erase(const DocumentId& document, std::string_view path,
               const std::optional<std::string>& reason = {});
  Status restore(const DocumentId& document, std::string_view path);
  Status resolve(const DocumentId& document, std::string_view path, const Version& version);
  Status keep(const DocumentId& document, std::string_view path);
  /// Of the last transaction of this device that changed the document, what it did there.
  Status undo(const DocumentId& document);
  Status link(const DocumentId& a, const DocumentId& b);
  Status unlink(const DocumentId& a, const DocumentId& b);
  Result<std::string> json(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path);

  /// Who writes, as the host calls them.
  Status set_user(std::string_view user);

  /// Writes it all; durable on return.
  Status commit();

 private:
  using Key = std::pair<CompartmentId, DocumentId>;
  /// Runs `action` on the section's draft. One that it left without an op is dropped again: drafts
  /// have places in the log, one after the other.
  template <class Place, class Action>
  Status with_draft(const DocumentId& document, const Place& place, Action&& action) {
    RELAIS_ASSIGN(const Key key, open_draft(document, place));
    document::Draft& draft = drafts_.at(key);
    RELAIS_TRY(action(draft));
    if (draft.empty()) drop_last(key);
    return {};
  }
  template <class Action>
  Status at_all_parts(const DocumentId& document, const Action& action);
  Result<Key> open_draft(const DocumentId& document, std::string_view section);
  Result<Key> open_draft(const DocumentId& document, const CompartmentId& compartment);
  /// The document's states as they will be, one a compartment.
  template <class Action>
  auto with_states(const DocumentId& document, const Action& action)
      -> Result<decltype(action(std::vector<const document::State*>()))>;
  void drop_last(const Key& key);
  /// What ties the parts together, if they lie in several compartments.
  std::optional<TransactionId> shared_id() const;

  Core& core_;
  document::Stamp stamp_;
  std::string user_;
  std::map<Key, document::Draft> drafts_;
  std::map<CompartmentId, std::vector<DocumentId>> order_;  ///< as their places in the log come
};

}  // namespace relais::engine
