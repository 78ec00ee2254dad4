#include "engine/marker.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/coding.h"

namespace relais::engine {

Bytes folder_marker(const std::string& path) {
  struct statx info = {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &info) != 0) return {};
  Bytes marker;
  put_u64(marker, info.stx_ino);
  if ((info.stx_mask & STATX_BTIME) != 0) {
    put_u64(marker, static_cast<std::uint64_t>(info.stx_btime.tv_sec));
    put_u32(marker, info.stx_btime.tv_nsec);
  }
  return marker;
}

}  // namespace relais::engine
