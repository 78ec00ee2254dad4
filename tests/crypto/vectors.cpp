#include "crypto/vectors.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/crypto.h"

namespace relais::test {

std::optional<nlohmann::json> read_vectors(const std::string& name) {
  RELAIS_CHECK(crypto::initialise());
  const char* folder = std::getenv("RELAIS_VECTORS");
  const std::string path = folder != nullptr ? folder : RELAIS_SHARED_DIR "/vectors";
  std::ifstream file(path + "/" + name);
  if (!file) return std::nullopt;
  return nlohmann::json::parse(file);
}

}  // namespace relais::test
