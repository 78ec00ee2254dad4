#pragma once

#include <google/protobuf/message.h>

#include "relais/document.h"
#include "relais/result.h"
#include "typed/schema.h"

namespace relais::typed {

/// Sets an empty message from a document. What the type does not know is left out. Fails:
/// wrong_kind, bad_input, naming the path of the field.
Status read_tree(const Type& type, const FieldTree& document, google::protobuf::Message& into);

/// The subtree at the steps below a tree, or null.
const FieldTree* find(const FieldTree& tree, const std::vector<std::string>& steps);
/// An empty tree for null.
const FieldTree& or_nothing(const FieldTree* tree);
/// Whether it holds null, which, as in JSON, counts as absent.
bool is_null(const FieldTree& tree);

}  // namespace relais::typed
