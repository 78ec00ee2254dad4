#include "access/founding.h"

#include <set>

#include "access/certificate.h"
#include "access/joining.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/try.h"

namespace relais::access {
namespace {

using Records = std::vector<wire::ControlRecord>;

constexpr std::uint64_t kSeqOfFirstOwner = 2;

wire::record::MemberAdded add_first_owner(const Founding& founding, const DeviceKeys& owner) {
  wire::CertificateBody body =
      certificate_body(make_join_request(owner, founding.space), founding.space);
  body.level = Level::owner;
  body.issuer = founding.root.public_key;
  body.issuer_author = log::author_id(founding.root.public_key, founding.root_instance);
  body.issuer_seq = kSeqOfFirstOwner;
  return {wire::encode(sign_certificate(body, founding.root.secret_key))};
}

/// A record that no device could decode (a name too long, or not UTF-8) must not enter a log.
Status check_names(const wire::ControlRecord& record) {
  if (wire::decode_control_record(wire::encode(record))) return {};
  return Error(ErrorCode::invalid_argument,
               "A scope, label, collection or section is too long, or is not UTF-8.");
}

Status check_label(const std::string& label) {
  if (!label.empty()) return {};
  return Error(ErrorCode::invalid_argument, "A compartment's label is missing.");
}

Status check_section(const wire::record::SectionMapped& mapped) {
  RELAIS_TRY(check_label(mapped.label));
  if (mapped.collection.empty() && !mapped.section.empty()) {
    return Error(ErrorCode::invalid_argument, "A rule for a section must name its collection.");
  }
  if (mapped.closed && (mapped.collection.empty() || !mapped.section.empty())) {
    return Error(ErrorCode::invalid_argument, "Only the rule of a collection itself can close it.");
  }
  return check_names(mapped);
}

Status check_compartment(const wire::record::CompartmentCreated& created) {
  RELAIS_TRY(check_label(created.label));
  return check_names(created);
}

Error too_many() {
  return {ErrorCode::limit_exceeded, "A space is founded with at most " +
                                         std::to_string(limits::kCompartmentsPerAuthor) +
                                         " compartments."};
}

}  // namespace

Founding found_space(Random& random, const DeviceKeys& owner) {
  Founding founding;
  founding.root = crypto::make_signing_key_pair(random);
  founding.root_instance = random.draw<log::Instance>();
  wire::record::SpaceCreated created;
  created.root_key = founding.root.public_key;
  created.nonce = random.draw<decltype(created.nonce)>();
  founding.root_records.emplace_back(created);
  founding.first_record = wire::encode(founding.root_records.front());
  founding.space = space_id(founding.first_record);
  founding.root_records.emplace_back(add_first_owner(founding, owner));
  return founding;
}

Status check_plan(const FoundingPlan& plan) {
  std::set<std::pair<std::string_view, std::string_view>> compartments;
  for (const auto& [scope, label] : plan.compartments) {
    RELAIS_TRY(check_compartment({scope, label}));
    RELAIS_TRY(check_printable(scope, "A scope's name"));
    RELAIS_TRY(check_printable(label, "A label"));
    compartments.emplace(scope, label);
  }
  if (compartments.size() > limits::kCompartmentsPerAuthor) return too_many();
  if (plan.sections.size() > limits::kSectionsPerAuthor) {
    return Error(ErrorCode::limit_exceeded, "A space is founded with at most " +
                                                std::to_string(limits::kSectionsPerAuthor) +
                                                " rules for sections.");
  }
  std::set<std::pair<std::string_view, std::string_view>> sections;
  for (const auto& mapped : plan.sections) {
    RELAIS_TRY(check_section(mapped));
    if (!sections.emplace(mapped.collection, mapped.section).second) {
      return Error(ErrorCode::invalid_argument, "A section has two rules: give it one.");
    }
    RELAIS_TRY(check_printable(mapped.collection, "A collection's name"));
    RELAIS_TRY(check_printable(mapped.section, "A section's name"));
    RELAIS_TRY(check_printable(mapped.label, "A label"));
  }
  return {};
}

Result<Records> owner_founding_records(Random& random, const FoundingPlan& plan,
                                       const Membership& membership, const CitedHeads& cited) {
  RELAIS_TRY(check_plan(plan));
  Records records;
  std::set<CompartmentId> ids;
  for (const auto& [scope, label] : plan.compartments) {
    const auto id = log::compartment_id(membership.space(), scope, label);
    if (!ids.insert(id).second) continue;
    records.emplace_back(wire::record::CompartmentCreated{scope, label});
  }
  for (const auto& mapped : plan.sections) records.emplace_back(mapped);
  std::vector<CompartmentId> compartments{membership.control()};
  compartments.insert(compartments.end(), ids.begin(), ids.end());
  append(records, make_epochs(random, membership, compartments, cited));
  return records;
}

Result<Records> records_for_new_compartment(Random& random, const Membership& membership,
                                            const std::string& scope, const std::string& label,
                                            const CitedHeads& cited) {
  const auto id = log::compartment_id(membership.space(), scope, label);
  if (membership.compartment(id) != nullptr) {
    return Error(ErrorCode::already_exists, "The space has this compartment already.");
  }
  if (membership.compartments().size() >= limits::kCompartments) {
    return Error(ErrorCode::limit_exceeded,
                 "A space has at most " + std::to_string(limits::kCompartments) + " compartments.");
  }
  const wire::record::CompartmentCreated created{scope, label};
  RELAIS_TRY(check_compartment(created));
  Records records{created};
  append(records, make_epochs(random, membership, {id}, cited));
  return records;
}

}  // namespace relais::access
