#pragma once

#include <string>

#include "base/bytes.h"

namespace relais::engine {

/// Something of this folder that a copy or a restored backup doesn't carry: the number and the
/// birth of its inode on its file system. Empty if the system doesn't say.
/// Blocks: on the disk, briefly.
Bytes folder_marker(const std::string& path);

}  // namespace relais::engine
