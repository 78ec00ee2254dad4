#include "replica/write/import.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/try.h"
#include "document/json/limits.h"
#include "replica/read/document_names.h"
#include "replica/write/edit.h"
#include "replica/write/import_batch.h"
#include "replica/write/own_commit.h"
#include "replica/write/section_compartment.h"

namespace relais::replica {
namespace {

Status find_target(Core& core, std::string_view scope, std::string_view collection,
                   std::string_view section, SectionTarget& target) {
  RELAIS_TRY(check_section(core, collection, section));
  RELAIS_ASSIGN(target.compartment, ensure_compartment(core, scope, collection, section));
  RELAIS_TRY(OwnCommit(core).next(target.compartment));
  return {};
}

/// Fills in the compartment of each section, or its error. True: some have an error.
Result<bool> make_targets(Core& core, SectionTargets& targets) {
  RELAIS_TRY(core.check_running());
  bool refused = false;
  for (auto& [where, sections] : targets) {
    for (auto& [section, target] : sections) {
      Status found = find_target(core, where.first, where.second, section, target);
      if (found) continue;
      target.refused = std::move(found).error();
      refused = true;
    }
  }
  return refused;
}

Result<bool> holds_no_document(Core& core) {
  bool empty = true;
  RELAIS_TRY(each_name(core.reading(), [&](const DocumentId&) -> Result<bool> {
    empty = false;
    return false;
  }));
  return empty;
}

constexpr std::size_t kLinesAtOnce = 64;
constexpr std::size_t kUpdatesPerCommit = 64;

}  // namespace

Import::Import(Core& core, std::string_view text, const ImportOptions& options)
    : core_(core),
      text_(text),
      user_(options.user),
      rules_{options.text_fields},
      importer_(rules_),
      before_(core),
      faults_(options.skip_bad),
      encoder_(text_, rules_, targets_, actions_, user_, core.environment.random) {}

Result<std::unique_ptr<Import>> Import::prepare(Core& core, std::string_view text,
                                                const ImportOptions& options) {
  if (!options.user.empty()) RELAIS_TRY(document::check_user(options.user));
  RELAIS_TRY(check_printable(options.user, "A user's label"));
  std::unique_ptr<Import> import(new Import(core, text, options));
  RELAIS_ASSIGN(import->targets_, check_lines(text, import->rules_, import->faults_));
  bool refused = false;
  {
    const std::lock_guard lock(core.mutex);
    RELAIS_ASSIGN(refused, make_targets(core, import->targets_));
    RELAIS_ASSIGN(import->empty_, holds_no_document(core));
  }
  if (refused || !import->empty_) RELAIS_TRY(import->try_lines());
  for (const auto& [line, error] : import->faults_.errors()) {
    import->set_action(line, LineAction::skipped);
  }
  return import;
}

document::WriteTime Import::next_time() {
  const std::lock_guard lock(core_.mutex);
  return core_.next_time();
}

Status Import::write(const ImportBatch& batch) {
  const std::lock_guard lock(core_.mutex);
  OwnCommit commit(core_);
  std::vector<const ImportBatch::Document*> known;
  std::size_t part = 0;
  for (const ImportBatch::Document& document : batch.documents()) {
    const std::size_t end = part + document.parts;
    if (Status added = add(commit, batch, part, end, document, known); !added) {
      return at_line(document.number, std::move(added).error());
    }
    part = end;
    ++report_.documents;
  }
  RELAIS_TRY(commit.finish());
  return update(known);
}

void Import::set_action(std::uint32_t line, LineAction action) {
  if (actions_.size() <= line) actions_.resize(line + 1);
  actions_[line] = action;
}

Status Import::try_lines() {
  Lines lines(text_);
  std::string_view line;
  for (bool more = true; more;) {
    const std::lock_guard lock(core_.mutex);
    for (std::size_t i = 0; i < kLinesAtOnce && (more = lines.next(line)); ++i) {
      if (faults_.has(lines.number())) continue;
      auto action = try_line(line);
      if (action) {
        set_action(lines.number(), *action);
      } else {
        RELAIS_TRY(faults_.add(lines.number(), std::move(action).error()));
      }
    }
  }
  return {};
}

Result<LineAction> Import::try_line(std::string_view text) {
  RELAIS_ASSIGN(const document::Importer::Line line, importer_.parse(text));
  const Sections& sections = targets_.find({line.scope, line.address.collection})->second;
  for (const std::string& section : importer_.sections()) {
    const SectionTarget& target = sections.find(section)->second;
    if (target.refused) return *target.refused;
  }
  if (importer_.sections().empty() && sections.begin()->second.refused) {
    return *sections.begin()->second.refused;
  }
  RELAIS_ASSIGN(const bool is_there, is_known(line));
  if (!is_there) return LineAction::unknown;
  RELAIS_ASSIGN(const bool unchanged, before_.check(importer_, line, sections));
  if (unchanged) return LineAction::unchanged;
  Edit edit(core_);
  RELAIS_TRY(put(edit, line));
  return edit.empty() ? LineAction::unchanged : LineAction::differs;
}

Status Import::add(OwnCommit& commit, const ImportBatch& batch, std::size_t part, std::size_t end,
                   const ImportBatch::Document& document,
                   std::vector<const ImportBatch::Document*>& known) {
  if (document.action == LineAction::unchanged) {
    ++report_.updated;
    return {};
  }
  bool is_there = document.action == LineAction::differs;
  if (!is_there && !empty_) {
    RELAIS_ASSIGN(is_there, is_known(document.name));
  }
  if (is_there) {
    known.push_back(&document);
    ++report_.updated;
    return {};
  }
  for (; part < end; ++part) {
    const ImportBatch::Part each = batch.part(part);
    RELAIS_TRY(commit.next(each.compartment));
    RELAIS_TRY(commit.add_packed(each.compartment, each.change, each.packed, each.transaction_end));
    // A large document is committed in steps: if interrupted, the next import completes it.
    const bool large = each.transaction_end && commit.size_bytes() > limits::kImportBatchBytes;
    if (large) RELAIS_TRY(commit.finish());
  }
  return {};
}

Result<bool> Import::is_known(const document::Importer::Line& line) {
  for (const CompartmentId& compartment : compartments_of(core_.reading(), line.scope)) {
    const Bytes key = store::document_key(*core_.logs.compartment_no(compartment), line.address);
    RELAIS_ASSIGN(const bool found, core_.store->get_into(store::Family::documents, key, scratch_));
    if (found) return true;
  }
  return false;
}

Status Import::put(Edit& edit, const document::Importer::Line& line) {
  if (!user_.empty()) RELAIS_TRY(edit.set_user(user_));
  return edit.put_json({line.scope, line.address.collection, line.address.id}, "",
                       importer_.document_json(), rules_);
}

Status Import::update(const std::vector<const ImportBatch::Document*>& known) {
  OwnCommit commit(core_);
  for (const ImportBatch::Document* document : known) {
    RELAIS_ASSIGN(const document::Importer::Line line, importer_.parse(document->line));
    Edit edit(core_);
    // It succeeded in `prepare`, so it fails only because of changes received since.
    if (Status done = put(edit, line); !done) {
      RELAIS_TRY(commit.finish());
      RELAIS_TRY(faults_.add(document->number, std::move(done).error()));
      --report_.documents;
      --report_.updated;
      continue;
    }
    Status done = edit.ensure_compartments();
    if (done) done = edit.append_to(commit, true);
    if (!done) {
      return at_line(document->number, std::move(done).error());
    }
    const bool full =
        commit.changes() >= kUpdatesPerCommit || commit.size_bytes() > limits::kTransactionBytes;
    if (full) RELAIS_TRY(commit.finish());
  }
  return commit.finish();
}

ImportReport Import::report() const {
  ImportReport report = report_;
  for (const auto& [line, error] : faults_.errors()) report.skipped.push_back({line, error});
  return report;
}

}  // namespace relais::replica
