#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace relais::log {

/// The zstd dictionary of that number; empty if this version doesn't have it. 0 is none.
/// Made by tools/make_dictionary from made-up documents, never from anybody's.
BytesView dictionary(std::uint8_t number);

}  // namespace relais::log
