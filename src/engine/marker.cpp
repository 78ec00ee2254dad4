#include "engine/marker.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/coding.h"

namespace relais::engine {

namespace {

void put_inode(Bytes& marker, const std::string& path) {
  struct statx info = {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &info) != 0) info = {};
  const bool has_birth = (info.stx_mask & STATX_BTIME) != 0;
  put_u64(marker, info.stx_ino);
  put_u64(marker, has_birth ? static_cast<std::uint64_t>(info.stx_btime.tv_sec) : 0);
  put_u32(marker, has_birth ? info.stx_btime.tv_nsec : 0);
}

}  // namespace

Bytes folder_marker(const std::string& path) {
  Bytes marker;
  // STORE and IDENTITY are written once: docs/spec/store.md, "Folder".
  for (const char* part : {"", "/STORE", "/db", "/db/IDENTITY"}) put_inode(marker, path + part);
  return marker;
}

}  // namespace relais::engine
