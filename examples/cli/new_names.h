#pragma once

#include "assignment.h"
#include "relais/replica.h"

namespace cli {

/// Refuses an edit that makes a field whose name has an invisible character. Fields that exist,
/// such as those of an import, can be edited. Fails: invalid_argument.
relais::Status check_new_names(relais::Transaction& transaction, const relais::DocumentId& document,
                               const Assignment& edit);

}  // namespace cli
