#pragma once

#include <gtest/gtest.h>

#include "wire/messages.h"
#include "wire/sample.h"

/// For tests of messages: what arrives of one, and why it is refused.
namespace relais::wire {

template <class Kind>
Kind round_trip(const Kind& message) {
  const auto decoded = decode_message(encode(Message(message)));
  EXPECT_TRUE(decoded);
  const Kind* kind = decoded ? std::get_if<Kind>(&*decoded) : nullptr;
  EXPECT_NE(kind, nullptr);
  return kind == nullptr ? Kind{} : *kind;
}

inline ErrorCode message_error(const Bytes& bytes) {
  const auto decoded = decode_message(bytes);
  EXPECT_FALSE(decoded);
  return decoded ? ErrorCode::not_found : decoded.error().code();
}
inline ErrorCode message_error(const Message& message) { return message_error(encode(message)); }

/// The compartments hold `logs` logs each.
inline message::Vectors vectors_of(std::size_t compartments, std::size_t logs) {
  message::Vectors vectors;
  vectors.vectors.resize(compartments);
  for (message::Vector& vector : vectors.vectors) {
    vector.logs.resize(logs);
    for (message::LogEntry& log : vector.logs) log.seq = 1;
  }
  return vectors;
}

}  // namespace relais::wire
