#include "replica/write/import_batch.h"

#include "base/limits.h"
#include "base/try.h"
#include "document/json/limits.h"
#include "log/block.h"
#include "replica/write/transaction_size.h"

namespace relais::replica {

ImportBatch::Part ImportBatch::part(std::size_t index) const {
  const PartRange& range = ranges_[index];
  const BytesView bytes = BytesView(bytes_).substr(range.begin);
  return {range.compartment, bytes.substr(0, range.change_size),
          bytes.substr(range.change_size, range.packed_size), range.transaction_end};
}

Result<ImportBatch> ImportEncoder::next(const document::WriteTime& time) {
  attribution_.wall_offset_ms = time.wall_offset_ms;
  ImportBatch batch;
  std::string_view line;
  while (batch.documents_.size() < limits::kImportBatch &&
         batch.bytes_.size() < limits::kImportBatchBytes && lines_.next(line)) {
    const LineAction action = action_of(actions_, lines_.number());
    if (action == LineAction::skipped) continue;
    if (action != LineAction::unknown) {
      batch.documents_.push_back({line, lines_.number(), action});
      continue;
    }
    if (Status added = add(batch, time.stamp, line); !added) {
      return at_line(lines_.number(), std::move(added).error());
    }
  }
  return batch;
}

void ImportEncoder::add_part(ImportBatch& batch, const CompartmentId& compartment) {
  TransactionSize size;
  for (const Bytes& change : changes_) {
    if (!size.add(change.size())) batch.ranges_.back().transaction_end = true;
    const BytesView packed = packer_.pack(change, log::kCurrentDictionary);
    batch.ranges_.push_back(
        {compartment, batch.bytes_.size(), change.size(), packed.size(), false});
    batch.bytes_.append(change).append(packed);
  }
  batch.ranges_.back().transaction_end = true;
}

Status ImportEncoder::add(ImportBatch& batch, document::Stamp stamp, std::string_view text) {
  RELAIS_ASSIGN(document::Importer::Line line, importer_.parse(text));
  const Sections& sections = targets_.find({line.scope, line.address.collection})->second;
  parts_.find(importer_.sections(), sections);
  const auto& compartments = parts_.compartments();
  const auto draw = [this] { return random_.draw<TransactionId>(); };
  attribution_.transaction.reset();
  if (compartments.size() > 1) attribution_.transaction = draw();
  const std::size_t parts = batch.ranges_.size();
  for (const CompartmentId& compartment : compartments) {
    const auto wanted = [&](std::string_view section) {
      return parts_.writes(section, compartment);
    };
    RELAIS_TRY(importer_.encode(compartment, stamp, attribution_, wanted, draw, changes_));
    add_part(batch, compartment);
  }
  batch.documents_.push_back(
      {text, lines_.number(), LineAction::unknown, std::move(line), batch.ranges_.size() - parts});
  return {};
}

}  // namespace relais::replica
