#include <utf8.h>

#include "base/limits.h"
#include "base/try.h"
#include "relais/v1/record.pb.h"
#include "wire/proto.h"
#include "wire/records.h"
#include "wire/versions.h"

namespace relais::wire {
namespace {

using DecodedRecord = Result<ControlRecord>;

Error bad_record() { return proto::corrupt("A control record"); }
bool is_utf8(BytesView name) { return utf8::is_valid(name.begin(), name.end()); }
Error long_record() { return proto::too_long("Part of a control record"); }

template <class Record>
Status take_cited(const Record& from, Citations& to) {
  if (static_cast<std::size_t>(from.cited_size()) > limits::kCitedHeads) return long_record();
  for (const v1::Citation& citation : from.cited()) {
    Citation& cited = to.emplace_back();
    cited.seq = citation.seq();
    if (cited.seq == 0 || cited.seq > limits::kLastSeq ||
        !proto::take(citation.author(), cited.author) ||
        !proto::take(citation.hash(), cited.hash)) {
      return bad_record();
    }
  }
  return {};
}

/// Concatenated ids in strictly ascending order: a list has one encoding.
Status take_devices(BytesView packed, std::vector<DeviceId>& to) {
  if (packed.size() > limits::kEpochRecipients * DeviceId::kSize) return long_record();
  if (packed.size() % DeviceId::kSize != 0) return bad_record();
  for (; !packed.empty(); packed.remove_prefix(DeviceId::kSize)) {
    const auto device = *DeviceId::from(packed.substr(0, DeviceId::kSize));
    if (!to.empty() && !(to.back() < device)) return bad_record();
    to.push_back(device);
  }
  return {};
}

DecodedRecord decode(v1::SpaceCreated& from) {
  record::SpaceCreated to;
  if (!proto::take(from.root_key(), to.root_key) || !proto::take(from.nonce(), to.nonce)) {
    return bad_record();
  }
  return to;
}

DecodedRecord decode(v1::MemberAdded& from) {
  if (from.certificate().size() > limits::kCertificateBytes) return long_record();
  record::MemberAdded to{std::move(*from.mutable_certificate())};
  RELAIS_TRY(take_cited(from, to.cited));
  return to;
}

DecodedRecord decode(v1::CompartmentCreated& from) {
  if (from.scope().size() > limits::kScopeBytes || from.label().size() > limits::kLabelBytes) {
    return long_record();
  }
  if (!is_utf8(from.scope()) || !is_utf8(from.label())) return bad_record();
  return record::CompartmentCreated{std::move(*from.mutable_scope()),
                                    std::move(*from.mutable_label())};
}

DecodedRecord decode(v1::SectionMapped& from) {
  if (from.collection().size() > limits::kCollectionBytes ||
      from.section().size() > limits::kPathStepBytes || from.label().size() > limits::kLabelBytes) {
    return long_record();
  }
  if (!is_utf8(from.collection()) || !is_utf8(from.section()) || !is_utf8(from.label())) {
    return bad_record();
  }
  record::SectionMapped to{std::move(*from.mutable_collection()),
                           std::move(*from.mutable_section()), std::move(*from.mutable_label())};
  to.closed = from.closed();
  RELAIS_TRY(take_cited(from, to.cited));
  return to;
}

DecodedRecord decode(v1::RightsGranted& from) {
  record::RightsGranted to;
  to.rights = from.rights();
  if (!proto::take(from.device(), to.device) || !proto::take(from.compartment(), to.compartment)) {
    return bad_record();
  }
  return to;
}

DecodedRecord decode(v1::EpochMade& from) {
  record::EpochMade to;
  RELAIS_TRY(take_cited(from, to.cited));
  RELAIS_TRY(take_devices(from.devices(), to.devices));
  RELAIS_TRY(take_devices(from.over_limit(), to.over_limit));
  if (static_cast<std::size_t>(from.parts_size()) > limits::kEpochParts) return long_record();
  for (auto& part : *from.mutable_parts()) {
    auto& added = to.parts.emplace_back();
    if (!proto::take(part.compartment(), added.compartment) ||
        !proto::take(part.commitment(), added.commitment) ||
        part.recipients().size() != (to.devices.size() + 7) / 8) {
      return bad_record();
    }
    added.recipients = std::move(*part.mutable_recipients());
  }
  return to;
}

DecodedRecord decode(v1::KeysSealed& from) {
  record::KeysSealed to;
  if (!proto::take(from.epoch(), to.epoch)) return bad_record();
  if (static_cast<std::size_t>(from.copies_size()) > limits::kEpochRecipients) {
    return long_record();
  }
  for (auto& copy : *from.mutable_copies()) {
    auto& added = to.copies.emplace_back();
    if (copy.box().size() > limits::kSealedKeyBytes) return long_record();
    if (!proto::take(copy.device(), added.device)) return bad_record();
    added.box = std::move(*copy.mutable_box());
  }
  return to;
}

DecodedRecord decode(v1::AuthorsAllowed& from) {
  record::AuthorsAllowed to;
  to.authors = from.authors();
  if (!proto::take(from.device(), to.device)) return bad_record();
  return to;
}

}  // namespace

Result<CertificateBody> decode_certificate_body(BytesView bytes) {
  constexpr std::string_view kWhat = "A certificate";
  RELAIS_ASSIGN(const auto from,
                proto::parse<v1::CertificateBody>(bytes, limits::kCertificateBytes, kWhat));
  if (from.version() > kCertificateVersion) return proto::too_new(kWhat);
  CertificateBody body;
  const bool fields = from.version() != 0 && proto::take(from.space(), body.space) &&
                      proto::take(from.signing_key(), body.signing_key) &&
                      proto::take(from.noise_key(), body.noise_key) &&
                      proto::take(from.receiving_key(), body.receiving_key) &&
                      proto::take(from.issuer(), body.issuer) &&
                      proto::take(from.issuer_author(), body.issuer_author) &&
                      proto::take(from.device_signature(), body.device_signature);
  const bool in_range = from.level() <= static_cast<std::uint32_t>(Level::courier) &&
                        from.issuer_seq() <= limits::kLastSeq && from.not_after_ms() >= 0;
  if (!fields || !in_range) return proto::corrupt(kWhat);
  body.level = static_cast<Level>(from.level());
  body.issuer_seq = from.issuer_seq();
  body.not_after_ms = from.not_after_ms();
  return body;
}

Result<Certificate> decode_certificate(BytesView bytes) {
  constexpr std::string_view kWhat = "A certificate";
  RELAIS_ASSIGN(auto from, proto::parse<v1::Certificate>(bytes, limits::kCertificateBytes, kWhat));
  Certificate certificate;
  if (!proto::take(from.signature(), certificate.signature)) return proto::corrupt(kWhat);
  certificate.body = std::move(*from.mutable_body());
  return certificate;
}

Result<ControlRecord> decode_control_record(BytesView bytes) {
  RELAIS_ASSIGN(auto from, proto::parse<v1::ControlRecord>(bytes, limits::kControlRecordBytes,
                                                           "A control record"));
  switch (from.kind_case()) {
    case v1::ControlRecord::kSpaceCreated: return decode(*from.mutable_space_created());
    case v1::ControlRecord::kMemberAdded: return decode(*from.mutable_member_added());
    case v1::ControlRecord::kCompartmentCreated: return decode(*from.mutable_compartment_created());
    case v1::ControlRecord::kSectionMapped: return decode(*from.mutable_section_mapped());
    case v1::ControlRecord::kRightsGranted: return decode(*from.mutable_rights_granted());
    case v1::ControlRecord::kEpochMade: return decode(*from.mutable_epoch_made());
    case v1::ControlRecord::kKeysSealed: return decode(*from.mutable_keys_sealed());
    case v1::ControlRecord::kAuthorsAllowed: return decode(*from.mutable_authors_allowed());
    case v1::ControlRecord::KIND_NOT_SET: break;
  }
  // A record that parses and sets no kind is of an unknown kind.
  if (bytes.empty()) return bad_record();
  return ControlRecord(record::Unknown{});
}

}  // namespace relais::wire
