#pragma once

#include <google/protobuf/message.h>

#include <vector>

#include "relais/document.h"
#include "relais/result.h"
#include "typed/edit.h"
#include "typed/schema.h"

namespace relais::typed {

/// The fewest edits after which the document reads as `after` says. `document`: as it is now, null
/// if there is none; `before`: the same as a message.
/// Fails: bad_input, limit_exceeded, naming the field's path.
Result<std::vector<Edit>> edits_between(const Type& type, const FieldTree* document,
                                        const google::protobuf::Message& before,
                                        const google::protobuf::Message& after);

/// Whether documents can hold the message's texts and names, and know all of its fields.
Status check_content(const Type& type, const google::protobuf::Message& object);

}  // namespace relais::typed
