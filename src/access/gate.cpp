#include "access/gate.h"

#include <algorithm>

#include "base/limits.h"

namespace relais::access {
namespace {

/// Control is plaintext, all else is encrypted. The wrong format would expose document text, or
/// hide records from a courier.
bool has_right_format(const log::VerifiedPiece& piece, bool control) {
  const auto wanted = control ? log::RunHeader::Format::plain : log::RunHeader::Format::sealed;
  const char* checked = nullptr;  // blocks of one run share its header's bytes
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const BytesView encoded = piece.item(i).run_header;
    if (encoded.data() == checked) continue;
    const auto run = log::decode_run_header(encoded);
    if (!run || run->format != wanted) return false;
    checked = encoded.data();
  }
  return true;
}

/// A member may write only epochs and keys in control, so that it never waits for an owner.
bool holds_epochs_only(const log::VerifiedPiece& piece) {
  if (piece.after().seq > limits::kMemberRecords) return false;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto record = wire::decode_control_record(piece.item(i).block);
    if (!record || !(std::holds_alternative<wire::record::EpochMade>(*record) ||
                     std::holds_alternative<wire::record::KeysSealed>(*record))) {
      return false;
    }
  }
  return true;
}

}  // namespace

Gate::Standing Gate::standing(const crypto::SigningPublicKey& key,
                              const CompartmentId& compartment) const {
  const bool known_author = key == membership_.root_key() || membership_.device_of(key) != nullptr;
  const bool known_place =
      compartment == membership_.control() || membership_.compartment(compartment) != nullptr;
  if (!known_author || !known_place) return Standing::not_known;
  if (membership_.may_write(key, compartment)) return Standing::entitled;
  const Device* device = membership_.device_of(key);
  const bool makes_epochs =
      compartment == membership_.control() && device != nullptr && device->level == Level::member;
  return makes_epochs ? Standing::epochs_only : Standing::not_entitled;
}

Verdict Gate::verdict(log::VerifiedPiece piece) const {
  if (!has_right_format(piece, piece.log().compartment == membership_.control())) {
    return Quarantined{std::move(piece)};
  }
  switch (standing(piece.device_key(), piece.log().compartment)) {
    case Standing::entitled: return AdmittedPiece(std::move(piece));
    case Standing::epochs_only:
      if (holds_epochs_only(piece)) return AdmittedPiece(std::move(piece));
      break;
    case Standing::not_known: return Waiting{std::move(piece)};
    case Standing::not_entitled: break;
  }
  return Quarantined{std::move(piece)};
}

Verdict Gate::judge(log::VerifiedPiece piece) const { return verdict(std::move(piece)); }

Verdict Gate::judge_control(log::VerifiedPiece piece) const {
  if (piece.log().compartment != membership_.control()) return Quarantined{std::move(piece)};
  return verdict(std::move(piece));
}

Status Gate::may_write_here(const crypto::SigningPublicKey& self,
                            const CompartmentId& compartment) const {
  if (standing(self, compartment) == Standing::entitled) return {};
  return Error(ErrorCode::not_authorised,
               "This device may not write in this part of the space: ask an owner.");
}

bool Gate::filed_right(const CompartmentId& compartment, std::string_view collection,
                       const std::vector<std::string>& sections) const {
  const Compartment* own = membership_.compartment(compartment);
  if (own == nullptr) return false;
  const auto belongs = [&](std::string_view section) {
    const Labels* labels = membership_.labels(collection, section);
    return labels != nullptr &&
           std::binary_search(labels->filed.begin(), labels->filed.end(), own->label);
  };
  // A change of the whole document is written in each of its compartments.
  return std::all_of(sections.begin(), sections.end(), belongs);
}

}  // namespace relais::access
