#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::replica {

/// The compartment in which this device writes a section of a document. Makes nothing: there may be
/// no such compartment yet, if this device may make it. Fails: not_authorised where the compartment
/// is missing and this device is no owner's; mapping_conflict while two rules of one level
/// contradict each other; invalid_argument for a scope's name that isn't one.
Result<CompartmentId> find_compartment(const Core& core, std::string_view scope,
                                       std::string_view collection, std::string_view section);

/// The same, and makes what is missing: the compartment, and an epoch to write under. Durable on
/// return; so call it before an OwnCommit is begun. Fails: as find_compartment; store_failed.
Result<CompartmentId> ensure_compartment(Core& core, std::string_view scope,
                                         std::string_view collection, std::string_view section);

/// All rules for sections, for people.
std::vector<SectionRule> section_rules(const access::Membership& membership);

/// Fails: unknown_section, if the collection is closed and no rule names the section.
Status check_section(const Core& core, std::string_view collection, std::string_view section);

}  // namespace relais::replica
