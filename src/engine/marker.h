#pragma once

#include <string>

#include "base/bytes.h"

namespace relais::engine {

/// Something of this store that a copy or a restored backup doesn't carry, put beside it or into
/// its place: the numbers and the births of the inodes of its folder and of the files in it that
/// stay as they were made. Of what the system doesn't say, zeros. Blocks: on the disk, briefly.
Bytes folder_marker(const std::string& path);

}  // namespace relais::engine
