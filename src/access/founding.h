#pragma once

#include <string>
#include <vector>

#include "access/device_keys.h"
#include "access/keyring.h"
#include "access/membership.h"

/// docs/spec/access.md, "Founding a space".
namespace relais::access {

/// The records that found a space: root's log, in full. The owner's own follow in its own log, see
/// `owner_founding_records`.
struct Founding {
  crypto::SigningKeyPair root;  ///< to be shown once as a phrase, then forgotten
  log::Instance root_instance;
  std::vector<wire::ControlRecord> root_records;  ///< SpaceCreated, then the owner's MemberAdded
  Bytes first_record;                             ///< the first one, encoded: space = H(it)
  SpaceId space;
};
Founding found_space(Random& random, const DeviceKeys& owner);

/// Which compartments a space has at first, and what goes where.
struct FoundingPlan {
  struct CompartmentName {
    std::string scope;  ///< may be empty
    std::string label;
  };
  std::vector<CompartmentName> compartments;
  std::vector<wire::record::SectionMapped> sections;
};
/// Whether a space can be founded so: to be asked before anything is made.
/// Fails: invalid_argument (a label is missing or a name too long), limit_exceeded (too many
/// compartments or sections).
Status check_plan(const FoundingPlan& plan);

/// What an owner writes first: compartments, sections, the mesh key's epoch, then an epoch for each
/// compartment, with copies of each key for all its readers. `membership`: as root's records make
/// it. `cited`: the control heads known (root's). Fails: as `check_plan`.
Result<std::vector<wire::ControlRecord>> owner_founding_records(Random& random,
                                                                const FoundingPlan& plan,
                                                                const Membership& membership,
                                                                const CitedHeads& cited);

/// What an owner writes when it meets a scope or a label for the first time: the compartment, and
/// an epoch whose key goes to all who may read there (at first the owners).
/// Fails: already_exists, and as above.
Result<std::vector<wire::ControlRecord>> records_for_new_compartment(Random& random,
                                                                     const Membership& membership,
                                                                     const std::string& scope,
                                                                     const std::string& label,
                                                                     const CitedHeads& cited);

}  // namespace relais::access
