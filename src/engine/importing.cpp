#include "engine/importing.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/limits.h"
#include "base/try.h"
#include "document/json.h"
#include "engine/edit.h"
#include "engine/own_commit.h"
#include "engine/placing.h"

namespace relais::engine {
namespace {

/// The lines of a file one after the other; empty ones are passed over, but counted.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line) {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++number_;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (!line.empty()) return true;
    }
    return false;
  }
  Error at(Error error) const { return std::move(error).within("line " + std::to_string(number_)); }

 private:
  std::string_view rest_;
  std::uint64_t number_ = 0;
};

/// Where the sections of each scope and collection belong.
using Sections = std::map<std::string, CompartmentId, std::less<>>;
using Places = std::map<std::pair<std::string, std::string>, Sections>;

void add_places(Places& places, const document::Importer::Line& line,
                const std::vector<std::string>& sections) {
  auto& known = places[{line.scope, line.address.collection}];
  if (sections.empty()) known.try_emplace("");
  for (const std::string& section : sections) {
    if (!known.contains(section)) known.try_emplace(section);
  }
}

/// A document's name, hashed: a register's worth of them is kept during an import.
using Name = Id<struct NameTag, 16>;
Name name_of(const document::Importer::Line& line) {
  const Bytes zero(1, '\0');
  const crypto::Hash hash = crypto::hash(
      "import name", {line.scope, zero, line.address.collection, zero, line.address.id});
  return *Name::from(hash.view().substr(0, Name::kSize));
}

/// Reads everything once: what is found here keeps the rest from being half written.
Result<Places> check(std::string_view text, const document::TextRules& rules) {
  document::Importer importer(rules);
  std::unordered_set<Name> names;
  Places places;
  Lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    auto parsed = importer.parse(line);
    if (!parsed) return lines.at(std::move(parsed).error());
    const document::Address& address = parsed->address;
    if (address.collection.front() == kReservedPrefix) {
      return lines.at(Error(ErrorCode::bad_input,
                            "collections whose names begin with '.' are the engine's own"));
    }
    if (!names.insert(name_of(*parsed)).second) {
      return lines.at(Error(ErrorCode::bad_input, "this document is in the file already"));
    }
    add_places(places, *parsed, importer.sections());
  }
  return places;
}

Status make_places(Core& core, Places& places) {
  for (auto& [where, sections] : places) {
    for (auto& [section, compartment] : sections) {
      RELAIS_ASSIGN(compartment, place_section(core, where.first, where.second, section));
    }
  }
  return {};
}

Result<bool> holds_no_document(Core& core) {
  const std::lock_guard lock(core.mutex);
  bool empty = true;
  RELAIS_TRY(each_name(core, *core.store, [&](const DocumentId&) -> Result<bool> {
    empty = false;
    return false;
  }));
  return empty;
}

/// Writes one batch of documents, while the core is held.
class BatchWriter {
 public:
  /// `empty`: the store held no document when the import began, so that what is checked to be
  /// unlike each other is new.
  BatchWriter(Core& core, document::Importer& importer, const Places& places, bool empty)
      : core_(core), importer_(importer), places_(places), empty_(empty), commit_(core) {}

  Status add(const document::Importer::Line& line) {
    if (empty_) return add_new(line);
    RELAIS_ASSIGN(const bool known, is_known(line));
    if (!known) return add_new(line);
    const document::Address& address = line.address;
    updates_.emplace_back(DocumentId{line.scope, address.collection, address.id},
                          importer_.document_json());
    return {};
  }

  Status finish() {
    RELAIS_TRY(commit_.finish());
    for (std::size_t i = 0; i < updates_.size();) {
      Edit edit(core_);
      // A transaction is bounded: a few documents each.
      const std::size_t end = std::min(i + kUpdatesPerTransaction, updates_.size());
      for (; i < end; ++i) RELAIS_TRY(edit.put_json(updates_[i].first, "", updates_[i].second));
      RELAIS_TRY(edit.commit());
    }
    return {};
  }

  std::size_t updated() const { return updates_.size(); }

 private:
  static constexpr std::size_t kUpdatesPerTransaction = 16;

  Result<bool> is_known(const document::Importer::Line& line) {
    for (const CompartmentId& compartment : compartments_of(core_, line.scope)) {
      const Bytes key = store::document_key(*core_.logs.compartment_no(compartment), line.address);
      RELAIS_ASSIGN(const bool found,
                    core_.store->get_into(store::Family::documents, key, scratch_));
      if (found) return true;
    }
    return false;
  }

  Status add_new(const document::Importer::Line& line) {
    const Sections& places = places_.find({line.scope, line.address.collection})->second;
    parts_.clear();
    for (const std::string& section : importer_.sections()) add_part(places.find(section)->second);
    if (parts_.empty()) add_part(places.find("")->second);
    for (const CompartmentId& compartment : parts_) {
      RELAIS_ASSIGN(const document::Position self, commit_.next(compartment));
      const auto wanted = [&](std::string_view section) {
        return parts_.size() == 1 || places.find(section)->second == compartment;
      };
      RELAIS_TRY(importer_.encode(self, commit_.stamp(), wanted, change_));
      RELAIS_TRY(commit_.add(compartment, change_, true));
    }
    return {};
  }

  void add_part(const CompartmentId& compartment) {
    if (std::find(parts_.begin(), parts_.end(), compartment) == parts_.end()) {
      parts_.push_back(compartment);
    }
  }

  Core& core_;
  document::Importer& importer_;
  const Places& places_;
  bool empty_;
  OwnCommit commit_;
  std::vector<std::pair<DocumentId, std::string>> updates_;
  std::vector<CompartmentId> parts_;
  Bytes scratch_;
  Bytes change_;
};

}  // namespace

Result<ImportReport> import_ndjson(Core& core, std::string_view text,
                                   const ImportOptions& options) {
  const document::TextRules rules{options.text_fields};
  RELAIS_ASSIGN(Places places, check(text, rules));
  {
    const std::lock_guard lock(core.mutex);
    RELAIS_TRY(make_places(core, places));
  }
  ImportReport report;
  RELAIS_ASSIGN(const bool empty, holds_no_document(core));
  document::Importer importer(rules);
  Lines lines(text);
  std::string_view line;
  bool more = lines.next(line);
  while (more) {
    const std::lock_guard lock(core.mutex);
    BatchWriter writer(core, importer, places, empty);
    for (std::size_t i = 0; more && i < limits::kImportBatch; ++i, more = lines.next(line)) {
      auto parsed = importer.parse(line);
      if (!parsed) return lines.at(std::move(parsed).error());
      if (Status added = writer.add(*parsed); !added) return lines.at(std::move(added).error());
      ++report.documents;
    }
    RELAIS_TRY(writer.finish());
    report.updated += writer.updated();
    if (options.progress) options.progress(report.documents);
  }
  return report;
}

}  // namespace relais::engine
