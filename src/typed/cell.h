#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "relais/result.h"
#include "relais/value.h"
#include "typed/schema.h"

/// Conversion of scalars between a message and a document. Errors do not name the place yet.
namespace relais::typed {

/// A place in a message: a field, or an element of a repeated field.
struct Slot {
  const google::protobuf::Message& in;
  const google::protobuf::FieldDescriptor& declared;
  int index = -1;  ///< -1: not repeated

  const google::protobuf::Message& object() const;
  std::string text() const;
  std::int64_t count() const;
};

/// Number of elements of a list, set or map; 0 for null.
int size_of(const Field& field, const google::protobuf::Message* in);

/// The error of a value that does not fit: bad_input.
inline Error bad(std::string_view what) { return Error(ErrorCode::bad_input, std::string(what)); }

/// Fails: bad_input, limit_exceeded for what no document may hold.
Result<Value> encode(const Cell& cell, const Slot& from);

/// Sets the field, or adds to it if it is repeated. False: an enum text that this schema does not
/// know; nothing is set. Fails: bad_input.
Result<bool> decode(const Cell& cell, const Value& value, google::protobuf::Message& into);
/// Whether `decode` would know the value. One that does not fit its type counts as known.
bool is_known(const Cell& cell, const Value& value);

/// Bitwise equality.
bool same(const Value& a, const Value& b);

std::string to_base64(std::string_view bytes);
/// Nothing without padding, or with other letters (RFC 4648, section 4).
std::optional<std::string> from_base64(std::string_view text);

}  // namespace relais::typed
