#include "relais/v1/record.pb.h"
#include "wire/proto.h"
#include "wire/records.h"
#include "wire/versions.h"

namespace relais::wire {
namespace {

template <class Record>
void set_cited(Record& to, const Citations& cited) {
  for (const Citation& citation : cited) {
    v1::Citation* added = to.add_cited();
    added->set_author(proto::to_field(citation.author));
    added->set_seq(citation.seq);
    added->set_hash(proto::to_field(citation.hash));
  }
}

Bytes packed(const std::vector<DeviceId>& devices) {
  Bytes out;
  out.reserve(devices.size() * DeviceId::kSize);
  for (const DeviceId& device : devices) out += device.view();
  return out;
}

struct RecordEncoder {
  v1::ControlRecord& to;

  void operator()(const record::SpaceCreated& record) const {
    auto* out = to.mutable_space_created();
    out->set_root_key(proto::to_field(record.root_key));
    out->set_nonce(proto::to_field(record.nonce));
  }
  void operator()(const record::MemberAdded& record) const {
    auto* out = to.mutable_member_added();
    out->set_certificate(record.certificate);
    set_cited(*out, record.cited);
  }
  void operator()(const record::CompartmentCreated& record) const {
    auto* out = to.mutable_compartment_created();
    out->set_scope(record.scope);
    out->set_label(record.label);
  }
  void operator()(const record::SectionMapped& record) const {
    auto* out = to.mutable_section_mapped();
    out->set_collection(record.collection);
    out->set_section(record.section);
    out->set_label(record.label);
    out->set_closed(record.closed);
    set_cited(*out, record.cited);
  }
  void operator()(const record::RightsGranted& record) const {
    auto* out = to.mutable_rights_granted();
    out->set_device(proto::to_field(record.device));
    out->set_compartment(proto::to_field(record.compartment));
    out->set_rights(record.rights);
  }
  void operator()(const record::EpochMade& record) const {
    auto* out = to.mutable_epoch_made();
    set_cited(*out, record.cited);
    out->set_devices(packed(record.devices));
    for (const auto& part : record.parts) {
      auto* added = out->add_parts();
      added->set_compartment(proto::to_field(part.compartment));
      added->set_commitment(proto::to_field(part.commitment));
      added->set_recipients(part.recipients);
    }
    out->set_over_limit(packed(record.over_limit));
  }
  void operator()(const record::KeysSealed& record) const {
    auto* out = to.mutable_keys_sealed();
    out->set_epoch(proto::to_field(record.epoch));
    for (const auto& copy : record.copies) {
      auto* added = out->add_copies();
      added->set_device(proto::to_field(copy.device));
      added->set_box(copy.box);
    }
  }
  void operator()(const record::AuthorsAllowed& record) const {
    auto* out = to.mutable_authors_allowed();
    out->set_device(proto::to_field(record.device));
    out->set_authors(record.authors);
  }
  void operator()(const record::Unknown&) const {}
};

}  // namespace

Bytes encode(const CertificateBody& body) {
  v1::CertificateBody to;
  to.set_version(kCertificateVersion);
  to.set_space(proto::to_field(body.space));
  to.set_signing_key(proto::to_field(body.signing_key));
  to.set_noise_key(proto::to_field(body.noise_key));
  to.set_receiving_key(proto::to_field(body.receiving_key));
  to.set_level(static_cast<std::uint32_t>(body.level));
  to.set_issuer(proto::to_field(body.issuer));
  to.set_issuer_author(proto::to_field(body.issuer_author));
  to.set_issuer_seq(body.issuer_seq);
  to.set_not_after_ms(body.not_after_ms);
  to.set_device_signature(proto::to_field(body.device_signature));
  return proto::serialise(to);
}

Bytes encode(const Certificate& certificate) {
  v1::Certificate to;
  to.set_body(certificate.body);
  to.set_signature(proto::to_field(certificate.signature));
  return proto::serialise(to);
}

Bytes encode(const ControlRecord& record) {
  v1::ControlRecord to;
  std::visit(RecordEncoder{to}, record);
  return proto::serialise(to);
}

}  // namespace relais::wire
