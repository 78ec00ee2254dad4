// Where libFuzzer, or replay.cpp, enters a target.
#include "fuzz/support/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  relais::fuzz::Input input(data, size);
  relais::fuzz::run(input);
  return 0;
}
