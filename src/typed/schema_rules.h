#pragma once

#include "relais/options.pb.h"
#include "typed/schema.h"

/// Checks which options may be given where; each error is an invalid_argument that names the field.
namespace relais::typed {

Status check_type_options(const google::protobuf::Descriptor& declared, bool is_root);
Status check_field(const Field& made, const FieldOptions& options, bool is_root);
/// Checks across the fields of a type: their places, their element id.
Status check_fields(const Type& type);
/// Checks the type of a document that contains itself.
Status check_holds_itself(const Type& root);

}  // namespace relais::typed
