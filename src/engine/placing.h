#pragma once

#include <string>
#include <string_view>

#include "engine/core.h"

namespace relais::engine {

/// The compartment of a section of a document. An owner's replica makes it when it is not there yet
/// (durable on return); so call it before an OwnCommit is begun. Fails: not_authorised for others;
/// invalid_argument for a scope's name that can't be.
Result<CompartmentId> place_section(Core& core, std::string_view scope, std::string_view collection,
                                    std::string_view section);

}  // namespace relais::engine
