#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::replica {

/// The compartment in which this device writes a section of a document. Makes nothing: the
/// compartment may be missing if this device may make it. Fails: not_authorised if it is missing
/// and this device isn't an owner's; mapping_conflict if rules of one level contradict each other;
/// invalid_argument if the scope's name isn't valid.
Result<CompartmentId> find_compartment(const Core& core, std::string_view scope,
                                       std::string_view collection, std::string_view section);

/// The same, and makes the compartment and an epoch to write under if they are missing. Durable on
/// return; call it before an OwnCommit is begun. Fails: as find_compartment and write_control.
Result<CompartmentId> ensure_compartment(Core& core, std::string_view scope,
                                         std::string_view collection, std::string_view section);

/// As Replica::section_rules.
std::vector<SectionRule> section_rules(const access::Membership& membership);

/// Fails: unknown_section if the collection is closed and no rule names the section.
Status check_section(const Core& core, std::string_view collection, std::string_view section);

}  // namespace relais::replica
