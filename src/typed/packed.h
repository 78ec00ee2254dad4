#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "relais/result.h"
#include "relais/value.h"
#include "typed/schema.h"

/// Messages that are a single value in a document: times, durations, attachments.
namespace relais::typed {

/// Fails: bad_input.
Result<Value> pack(const Cell& cell, const google::protobuf::Message& object);
Status unpack_time(const Cell& cell, std::string_view text, google::protobuf::Message& into);
void unpack_attachment(const Attachment& attachment, google::protobuf::Message& into);

/// The message of a field, or a new one added to a repeated field.
google::protobuf::Message& new_object(const google::protobuf::FieldDescriptor& declared,
                                      google::protobuf::Message& into);

}  // namespace relais::typed
