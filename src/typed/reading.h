#pragma once

#include <google/protobuf/message.h>

#include "relais/document.h"
#include "relais/result.h"
#include "typed/schema.h"

namespace relais::typed {

/// Sets the message, which is empty, from a document. What the type doesn't know is left out.
/// Fails: wrong_kind, bad_input, naming the field's path.
Status read_tree(const Type& type, const FieldTree& document, google::protobuf::Message& into);

/// What stands at the steps below a tree, or null.
const FieldTree* find(const FieldTree& tree, const std::vector<std::string>& steps);
/// An empty one for null.
const FieldTree& or_nothing(const FieldTree* tree);
/// A value of null, as JSON has it, is as if nothing were there.
bool is_null(const FieldTree& tree);

}  // namespace relais::typed
