#pragma once

#include <string>

#include "base/bytes.h"

namespace relais::engine {

/// Identifies a store's folder, and differs for a copy or a restored backup: the inode numbers and
/// birth times of the folder and of files that are written once. Zeros where the system doesn't
/// report them. docs/spec/store.md, "Folder". Blocks: reads from the disk.
Bytes folder_marker(const std::string& path);

}  // namespace relais::engine
