#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>

#include <string_view>

#include "base/bytes.h"
#include "relais/result.h"

/// Helpers of the decoders. Only for src/wire: this header exposes Protocol Buffers.
namespace relais::wire::proto {

/// Our messages nest no deeper, but a group in unknown fields could.
inline constexpr int kMessageDepth = 4;

inline Error corrupt(std::string_view what) {
  return Error(ErrorCode::corrupt, std::string(what).append(" can't be decoded."));
}
inline Error too_long(std::string_view what) {
  return Error(ErrorCode::limit_exceeded, std::string(what).append(" is larger than allowed."));
}
inline Error too_new(std::string_view what) {
  return Error(
      ErrorCode::unsupported_version,
      std::string(what).append(" was made by a newer version of Relais: update this device."));
}

/// Fails: limit_exceeded before anything is read; corrupt.
template <class Message>
Result<Message> parse(BytesView bytes, std::size_t limit, std::string_view what) {
  if (bytes.size() > limit) return too_long(what);
  google::protobuf::io::CodedInputStream input(u8(bytes), static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kMessageDepth);
  Message message;
  if (!message.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) return corrupt(what);
  return message;
}

/// Never fails: there are no required fields, and no field is near 2 GiB.
inline Bytes serialise(const google::protobuf::MessageLite& message) {
  Bytes out;
  message.AppendToString(&out);
  return out;
}

/// Sets the id. False if the field's length is not the id's.
template <class Id>
[[nodiscard]] bool take(BytesView field, Id& id) {
  const auto taken = Id::from(field);
  if (taken) id = *taken;
  return taken.has_value();
}

template <class Id>
Bytes to_field(const Id& id) {
  return Bytes(id.view());
}

}  // namespace relais::wire::proto
