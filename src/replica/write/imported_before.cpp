#include "replica/write/imported_before.h"

#include "base/try.h"

namespace relais::replica {
namespace {

/// Whether one change is all that was ever applied.
bool has_one_change(const store::DocumentRecord& record) {
  return record.tail.size() == 1 && record.authors.size() == 1 && record.checkpoint_bytes == 0 &&
         record.generation == 0 && !record.waiting && !record.damaged && !record.ignores_entries;
}

}  // namespace

Result<bool> ImportedBefore::check(document::Importer& importer,
                                   const document::Importer::Line& line, const Sections& sections) {
  parts_.find(importer.sections(), sections);
  for (const CompartmentId& compartment : parts_.compartments()) {
    RELAIS_ASSIGN(const bool same, check_part(importer, line, compartment));
    if (!same) return false;
  }
  return true;
}

Result<bool> ImportedBefore::check_part(document::Importer& importer,
                                        const document::Importer::Line& line,
                                        const CompartmentId& compartment) {
  const auto no = core_.logs.compartment_no(compartment);
  if (!no) return false;
  const Bytes key = store::document_key(*no, line.address);
  RELAIS_ASSIGN(const store::DocumentRecord record, Documents::record(*core_.store, key));
  if (!has_one_change(record)) return false;
  const Documents::Source source{core_.control, *core_.store, {}, nullptr};
  RELAIS_ASSIGN(const LocatedChange there, core_.documents.header(source, record.tail.front()));
  if (!there.change.content) return false;
  const auto wanted = [&](std::string_view section) { return parts_.writes(section, compartment); };
  const auto no_transaction = [] { return TransactionId(); };
  if (!importer.encode(compartment, {}, {}, wanted, no_transaction, changes_)) return false;
  if (changes_.size() != 1) return false;
  RELAIS_ASSIGN(const document::ChangeHeader made,
                document::decode_header(changes_.front(), there.position, compartment));
  return made.content == there.change.content;
}

}  // namespace relais::replica
