#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "relais/result.h"
#include "relais/value.h"
#include "typed/schema.h"

/// A scalar, between a message and a document. Errors say what is wrong, and not yet where.
namespace relais::typed {

/// A place in a message: a field, or an element of a repeated one.
struct Slot {
  const google::protobuf::Message& in;
  const google::protobuf::FieldDescriptor& declared;
  int index = -1;  ///< -1: not repeated

  const google::protobuf::Message& object() const;
  std::string text() const;
  std::int64_t count() const;
};

/// How many things a list, set or map has; 0 in null.
int size_of(const Field& field, const google::protobuf::Message* in);

/// A value that can't stand where it is: bad_input.
inline Error bad(std::string_view what) { return Error(ErrorCode::bad_input, std::string(what)); }

/// Fails: bad_input, limit_exceeded for what no document may hold.
Result<Value> encode(const Cell& cell, const Slot& from);

/// Sets the field, or adds to it if it is repeated. False: a text of an enum that isn't known here;
/// nothing is set. Fails: bad_input.
Result<bool> decode(const Cell& cell, const Value& value, google::protobuf::Message& into);
/// Whether `decode` would know it. A value that doesn't fit at all is known.
bool is_known(const Cell& cell, const Value& value);

/// Equal, bit for bit.
bool same(const Value& a, const Value& b);

std::string to_base64(std::string_view bytes);
/// Fails without padding, or with other letters (RFC 4648, section 4).
std::optional<std::string> from_base64(std::string_view text);

}  // namespace relais::typed
