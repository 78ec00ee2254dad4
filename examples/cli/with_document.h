#pragma once

#include <functional>
#include <string>

#include "outcome.h"
#include "relais/replica.h"

namespace cli {

/// Opens the folder's replica, and runs `work` with it and the document that is named.
Outcome with_document(
    const std::string& folder, const std::string& document,
    const std::function<Outcome(relais::Replica&, const relais::DocumentId&)>& work);

/// Replica::write, in the name of who is at the device; empty: nothing is said of that.
relais::Status write_as(relais::Replica& replica, const std::string& user,
                        const std::function<relais::Status(relais::Transaction&)>& edit);

}  // namespace cli
