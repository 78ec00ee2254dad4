#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace relais::log {

/// The zstd dictionary with this number; empty if it is unknown or 0 (none). Made by
/// tools/make_dictionary from made-up documents, never from users' documents.
BytesView dictionary(std::uint8_t number);

}  // namespace relais::log
