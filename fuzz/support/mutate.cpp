#include "fuzz/support/mutate.h"

#include "base/check.h"

namespace relais::fuzz {
namespace {

void mutate_once(Input& input, Bytes& bytes) {
  const std::size_t what = input.below(5);
  const std::size_t at = input.u16() % (bytes.size() + 1);
  const std::size_t size = std::min<std::size_t>(input.byte(), bytes.size() - at);
  switch (what) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(input.byte());
      break;
    case 1: bytes.insert(at, Bytes(input.sized())); break;
    case 2: bytes.erase(at, size); break;
    case 3: bytes.insert(at, bytes.substr(at, size)); break;
    default: bytes.resize(at);
  }
}

}  // namespace

bool mutate(Input& input, Bytes& bytes) {
  const std::size_t times = input.below(4);
  if (times == 0) return false;
  const Bytes before = bytes;
  for (std::size_t i = 0; i < times; ++i) mutate_once(input, bytes);
  return bytes != before;
}

void check_error(const Error& error) {
  RELAIS_CHECK(!to_string(error.code()).empty());
  RELAIS_CHECK(!error.message().empty());
  for (const char c : error.message()) RELAIS_CHECK(static_cast<unsigned char>(c) >= 0x20);
}

}  // namespace relais::fuzz
