// The entry point of a target, for libFuzzer or replay.cpp.
#include "fuzz/support/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  relais::fuzz::Input input(data, size);
  relais::fuzz::run(input);
  return 0;
}
