#pragma once

#include <string>
#include <vector>

#include "access/device_keys.h"
#include "access/keyring.h"
#include "access/membership.h"

/// docs/spec/access.md, "Founding a space".
namespace relais::access {

/// Root's log of a new space, complete. The owner's records follow in its own log: see
/// `owner_founding_records`.
struct Founding {
  crypto::SigningKeyPair root;  ///< shown once as a recovery phrase, then wiped
  log::Instance root_instance;
  std::vector<wire::ControlRecord> root_records;  ///< SpaceCreated, then the owner's MemberAdded
  Bytes first_record;                             ///< the first one, encoded: space = H(it)
  SpaceId space;
};
Founding found_space(Random& random, const DeviceKeys& owner);

/// A new space's compartments, and the label of each section.
struct FoundingPlan {
  struct CompartmentName {
    std::string scope;  ///< may be empty
    std::string label;
  };
  std::vector<CompartmentName> compartments;
  std::vector<wire::record::SectionMapped> sections;
};
/// Checks a plan before anything is created.
/// Fails: invalid_argument (a label is missing or a name too long), limit_exceeded (too many
/// compartments or sections).
Status check_plan(const FoundingPlan& plan);

/// The owner's first records: compartments, sections, the mesh key's epoch, then an epoch for each
/// compartment, with copies of each key for all its readers. `membership`: as derived from root's
/// records. `cited`: the known control heads (root's). Fails: as `check_plan`.
Result<std::vector<wire::ControlRecord>> owner_founding_records(Random& random,
                                                                const FoundingPlan& plan,
                                                                const Membership& membership,
                                                                const CitedHeads& cited);

/// An owner's records for a new scope or label: the compartment, and an epoch whose key goes to all
/// who may read there (at first the owners). Fails: already_exists; limit_exceeded;
/// invalid_argument.
Result<std::vector<wire::ControlRecord>> records_for_new_compartment(Random& random,
                                                                     const Membership& membership,
                                                                     const std::string& scope,
                                                                     const std::string& label,
                                                                     const CitedHeads& cited);

}  // namespace relais::access
