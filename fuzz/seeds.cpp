// Writes the seeds of corpus/: valid inputs for a fuzzer to start from.
//
//     fuzz_seeds FOLDER
#include "fuzz/support/seeds.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/check.h"

namespace {

using relais::fuzz::Seeds;

bool write(const std::filesystem::path& folder, const Seeds& seeds) {
  for (const auto& [target, inputs] : seeds) {
    std::filesystem::create_directories(folder / target);
    for (const auto& [name, bytes] : inputs) {
      std::ofstream file(folder / target / name, std::ios::binary);
      if (!(file << bytes)) return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "fuzz_seeds FOLDER\n");
    return 2;
  }
  Seeds seeds;
  relais::fuzz::add_session_seeds(seeds);
  relais::fuzz::add_log_seeds(seeds);
  relais::fuzz::add_document_seeds(seeds);
  relais::fuzz::add_peer_seeds(seeds);
#ifdef RELAIS_TYPED
  relais::fuzz::add_typed_seeds(seeds);
#endif
  for (const auto& [target, inputs] : seeds) {
    RELAIS_CHECK(inputs.size() <= 20);
    for (const auto& [name, bytes] : inputs) RELAIS_CHECK(bytes.size() <= 4096);
  }
  return write(argv[1], seeds) ? 0 : 1;
}
