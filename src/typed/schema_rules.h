#pragma once

#include "relais/options.pb.h"
#include "typed/schema.h"

/// What options may be given to what; each fault is an invalid_argument that names the field.
namespace relais::typed {

Status check_type_options(const google::protobuf::Descriptor& declared, bool is_root);
Status check_field(const Field& made, const FieldOptions& options, bool is_root);
/// What concerns several fields of a type: their places, their element id.
Status check_fields(const Type& type);
/// Of a document's type that holds itself.
Status check_holds_itself(const Type& root);

}  // namespace relais::typed
