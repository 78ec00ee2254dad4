#include "engine/importing.h"

#include "base/text.h"
#include "base/try.h"
#include "engine/edit.h"
#include "engine/import_batch.h"
#include "engine/own_commit.h"
#include "engine/placing.h"

namespace relais::engine {
namespace {

Status make_places(Core& core, Places& places) {
  for (auto& [where, sections] : places) {
    for (auto& [section, compartment] : sections) {
      RELAIS_TRY(check_section(core, where.second, section));
      RELAIS_ASSIGN(compartment, place_section(core, where.first, where.second, section));
    }
  }
  return {};
}

Result<bool> holds_no_document(Core& core) {
  bool empty = true;
  RELAIS_TRY(each_name(core, *core.store, [&](const DocumentId&) -> Result<bool> {
    empty = false;
    return false;
  }));
  return empty;
}

/// Writes batches, each while the core is held.
class Importing {
 public:
  Importing(Core& core, const document::TextRules& rules, const std::string& user)
      : core_(core), importer_(rules), user_(user) {}

  /// Makes what is to be written to, and looks whether all of it is new.
  Status prepare(Places& places) {
    const std::lock_guard lock(core_.mutex);
    RELAIS_TRY(make_places(core_, places));
    RELAIS_ASSIGN(empty_, holds_no_document(core_));
    return {};
  }

  document::Stamp stamp() {
    const std::lock_guard lock(core_.mutex);
    return core_.next_stamp();
  }

  Status write(const ImportBatch& batch) {
    const std::lock_guard lock(core_.mutex);
    OwnCommit commit(core_);
    std::vector<std::string_view> known;
    std::size_t part = 0;
    for (const ImportBatch::Document& document : batch.documents()) {
      const std::size_t end = part + document.parts;
      if (Status added = add(commit, batch, part, end, document.line, known); !added) {
        return at_line(document.number, std::move(added).error());
      }
      part = end;
    }
    RELAIS_TRY(commit.finish());
    RELAIS_TRY(update(known));
    report.documents += batch.documents().size();
    report.updated += known.size();
    return {};
  }

  ImportReport report;

 private:
  static constexpr std::size_t kUpdatesPerTransaction = 16;

  Status add(OwnCommit& commit, const ImportBatch& batch, std::size_t part, std::size_t end,
             std::string_view line, std::vector<std::string_view>& known) {
    if (!empty_) {
      RELAIS_ASSIGN(const bool is_there, is_known(line));
      if (is_there) {
        known.push_back(line);
        return {};
      }
    }
    for (; part < end; ++part) {
      const ImportBatch::Part each = batch.part(part);
      RELAIS_TRY(commit.next(each.compartment));
      RELAIS_TRY(commit.add_packed(each.compartment, each.change, each.packed, true));
    }
    return {};
  }

  Result<bool> is_known(std::string_view text) {
    RELAIS_ASSIGN(const document::Importer::Line line, importer_.parse(text));
    for (const CompartmentId& compartment : compartments_of(core_, line.scope)) {
      const Bytes key = store::document_key(*core_.logs.compartment_no(compartment), line.address);
      RELAIS_ASSIGN(const bool found,
                    core_.store->get_into(store::Family::documents, key, scratch_));
      if (found) return true;
    }
    return false;
  }

  /// Documents that were here: what differs becomes an edit.
  Status update(const std::vector<std::string_view>& known) {
    for (std::size_t i = 0; i < known.size();) {
      Edit edit(core_);
      if (!user_.empty()) RELAIS_TRY(edit.set_user(user_));
      // A transaction is bounded: a few documents each.
      const std::size_t end = std::min(i + kUpdatesPerTransaction, known.size());
      for (; i < end; ++i) {
        RELAIS_ASSIGN(const document::Importer::Line line, importer_.parse(known[i]));
        RELAIS_TRY(edit.put_json({line.scope, line.address.collection, line.address.id}, "",
                                 importer_.document_json()));
      }
      RELAIS_TRY(edit.commit());
    }
    return {};
  }

  Core& core_;
  document::Importer importer_;
  const std::string& user_;
  bool empty_ = false;
  Bytes scratch_;
};

}  // namespace

Result<ImportReport> import_ndjson(Core& core, std::string_view text, const ImportOptions& options,
                                   Threading threading) {
  const document::TextRules rules{options.text_fields};
  if (!options.user.empty()) RELAIS_TRY(document::check_user(options.user));
  RELAIS_TRY(check_printable(options.user, "A user's label"));
  RELAIS_ASSIGN(Places places, check_lines(text, rules));
  Importing importing(core, rules, options.user);
  RELAIS_TRY(importing.prepare(places));
  ImportEncoder encoder(text, rules, places, options.user, core.environment.random);
  const auto encode_next = [&] {
    return runtime::run_beside(
        threading, [&encoder, stamp = importing.stamp()] { return encoder.next(stamp); });
  };
  auto next = encode_next();
  while (true) {
    RELAIS_ASSIGN(const ImportBatch batch, next.get());
    if (batch.documents().empty()) return importing.report;
    next = encode_next();
    RELAIS_TRY(importing.write(batch));
    if (options.progress) options.progress(importing.report.documents);
  }
}

}  // namespace relais::engine
