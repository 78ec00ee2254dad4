#include <cstdio>
#include <ctime>

#include "log/block.h"
#include "make_dictionary/make_dictionary.h"

namespace relais::tools {
namespace {

double microseconds_since(std::clock_t start, std::size_t count) {
  return static_cast<double>(std::clock() - start) * 1e6 / CLOCKS_PER_SEC /
         static_cast<double>(count);
}

}  // namespace

bool measure(const std::vector<Bytes>& changes) {
  if (changes.empty() || !crypto::initialise()) return false;
  log::BlockCodec codec;
  log::RunHeader run;
  run.dictionary = log::kCurrentDictionary;
  const crypto::SymmetricKey key;
  std::vector<Bytes> blocks(changes.size());
  std::size_t change_bytes = 0;
  std::size_t block_bytes = 0;
  codec.close(blocks[0], run, key, 0, "", changes[0]);  // makes the tables
  std::clock_t start = std::clock();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    codec.close(blocks[i], run, key, i, "", changes[i]);
    change_bytes += changes[i].size();
    block_bytes += blocks[i].size();
  }
  const double closing = microseconds_since(start, changes.size());
  start = std::clock();
  Bytes out;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!codec.open(out, run, key, i, "", blocks[i]) || out != changes[i]) return false;
  }
  const double opening = microseconds_since(start, changes.size());
  const auto count = static_cast<double>(changes.size());
  std::printf("%zu changes: %.1f bytes each, %.1f as blocks; closing %.2f us, opening %.2f us\n",
              changes.size(), static_cast<double>(change_bytes) / count,
              static_cast<double>(block_bytes) / count, closing, opening);
  return true;
}

}  // namespace relais::tools
