#pragma once

#include <google/protobuf/message.h>

#include <vector>

#include "relais/document.h"
#include "relais/result.h"
#include "typed/edit.h"
#include "typed/schema.h"

namespace relais::typed {

/// The fewest edits that make the document equal to `after`. `document`: as it is now, null if
/// there is none; `before`: the same as a message.
/// Fails: bad_input, limit_exceeded, naming the path of the field.
Result<std::vector<Edit>> edits_between(const Type& type, const FieldTree* document,
                                        const google::protobuf::Message& before,
                                        const google::protobuf::Message& after);

/// Checks that documents can hold the texts and names of the message, and that the type knows all
/// its fields.
Status check_content(const Type& type, const google::protobuf::Message& object);

}  // namespace relais::typed
