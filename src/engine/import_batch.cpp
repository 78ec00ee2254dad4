#include "engine/import_batch.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "log/block.h"

namespace relais::engine {

ImportBatch::Part ImportBatch::part(std::size_t index) const {
  const Place& place = places_[index];
  const BytesView bytes = BytesView(bytes_).substr(place.begin);
  return {place.compartment, bytes.substr(0, place.change_size),
          bytes.substr(place.change_size, place.packed_size)};
}

Result<ImportBatch> ImportEncoder::next(document::Stamp stamp) {
  ImportBatch batch;
  std::string_view line;
  while (batch.documents_.size() < limits::kImportBatch && lines_.next(line)) {
    if (Status added = add(batch, stamp, line); !added) {
      return at_line(lines_.number(), std::move(added).error());
    }
  }
  return batch;
}

const std::vector<CompartmentId>& ImportEncoder::compartments_of(const Sections& sections) {
  compartments_.clear();
  const auto add = [&](std::string_view section) {
    const CompartmentId& compartment = sections.find(section)->second;
    if (std::find(compartments_.begin(), compartments_.end(), compartment) == compartments_.end()) {
      compartments_.push_back(compartment);
    }
  };
  for (const std::string& section : importer_.sections()) add(section);
  if (compartments_.empty()) add("");
  return compartments_;
}

Status ImportEncoder::add(ImportBatch& batch, document::Stamp stamp, std::string_view text) {
  RELAIS_ASSIGN(const document::Importer::Line line, importer_.parse(text));
  const Sections& sections = places_.find({line.scope, line.address.collection})->second;
  const auto& compartments = compartments_of(sections);
  attribution_.transaction.reset();
  if (compartments.size() > 1) attribution_.transaction = random_.draw<TransactionId>();
  for (const CompartmentId& compartment : compartments) {
    const auto wanted = [&](std::string_view section) {
      return compartments.size() == 1 || sections.find(section)->second == compartment;
    };
    RELAIS_TRY(importer_.encode(stamp, attribution_, wanted, change_));
    const BytesView packed = packer_.pack(change_, log::kCurrentDictionary);
    batch.places_.push_back({compartment, batch.bytes_.size(), change_.size(), packed.size()});
    batch.bytes_.append(change_).append(packed);
  }
  batch.documents_.push_back({text, lines_.number(), compartments.size()});
  return {};
}

}  // namespace relais::engine
