#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::replica {

/// The compartment in which this device writes a section of a document, with an epoch to write
/// under. An owner's replica makes the compartment when it is not there yet, and any that may write
/// there the epoch (durable on return); so call it before an OwnCommit is begun. Fails:
/// not_authorised where the compartment is missing and this is no owner's; mapping_conflict while
/// two rules of one level contradict each other; invalid_argument for a scope's name that can't be.
Result<CompartmentId> ensure_compartment(Core& core, std::string_view scope,
                                         std::string_view collection, std::string_view section);

/// All rules for sections, for people.
std::vector<SectionRule> section_rules(const access::Membership& membership);

/// Fails: unknown_section, if the collection is closed and no rule names the section.
Status check_section(const Core& core, std::string_view collection, std::string_view section);

}  // namespace relais::replica
