#include "relais/v1/record.pb.h"
#include "wire/proto.h"
#include "wire/records.h"
#include "wire/versions.h"

namespace relais::wire {
namespace {

struct Encoder {
  v1::ControlRecord& to;

  void operator()(const record::SpaceCreated& record) const {
    auto* out = to.mutable_space_created();
    out->set_root_key(proto::to_field(record.root_key));
    out->set_nonce(proto::to_field(record.nonce));
  }
  void operator()(const record::MemberAdded& record) const {
    to.mutable_member_added()->set_certificate(record.certificate);
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
  }
  void operator()(const record::RightsGranted& record) const {
    auto* out = to.mutable_rights_granted();
    out->set_device(proto::to_field(record.device));
    out->set_compartment(proto::to_field(record.compartment));
    out->set_rights(record.rights);
  }
  void operator()(const record::EpochMade& record) const {
    auto* out = to.mutable_epoch_made();
    out->set_compartment(proto::to_field(record.compartment));
    out->set_epoch(proto::to_field(record.epoch));
    out->set_commitment(proto::to_field(record.commitment));
    for (const auto& head : record.cited) {
      auto* cited = out->add_cited();
      cited->set_author(proto::to_field(head.author));
      cited->set_seq(head.seq);
      cited->set_hash(proto::to_field(head.hash));
    }
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
  std::visit(Encoder{to}, record);
  return proto::serialise(to);
}

}  // namespace relais::wire
