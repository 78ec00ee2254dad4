#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>

#include <cstdio>

#include "make_dictionary/make_dictionary.h"

namespace relais::tools {
namespace {

// Found by measuring: less holds too little, more is farther away for what is common.
constexpr std::size_t kContentBytes = 48 * 1024;
constexpr int kLevel = 5;  // of the library's packer

struct Samples {
  explicit Samples(const std::vector<Bytes>& from) {
    for (const Bytes& sample : from) {
      bytes += sample;
      sizes.push_back(sample.size());
    }
  }
  unsigned count() const { return static_cast<unsigned>(sizes.size()); }
  Bytes bytes;
  std::vector<std::size_t> sizes;
};

bool failed(std::size_t result) {
  if (ZDICT_isError(result) == 0) return false;
  std::fprintf(stderr, "zstd: %s\n", ZDICT_getErrorName(result));
  return true;
}

// The segments that occur most, the most common last: nearest to what is compressed.
Bytes common_segments(const Samples& samples, std::size_t size) {
  Bytes out(size, '\0');
  ZDICT_fastCover_params_t params{};
  params.steps = 8;
  params.nbThreads = 1;
  params.zParams.compressionLevel = kLevel;
  const std::size_t made = ZDICT_optimizeTrainFromBuffer_fastCover(
      out.data(), out.size(), samples.bytes.data(), samples.sizes.data(), samples.count(), &params);
  if (failed(made)) return {};
  out.resize(made);
  return out.substr(ZDICT_getDictHeaderSize(out.data(), out.size()));
}

}  // namespace

Bytes train(const Bytes& lexicon, const std::vector<Bytes>& changes,
            const std::vector<Bytes>& unseen) {
  const Bytes segments = common_segments(Samples(changes), kContentBytes - lexicon.size());
  if (segments.empty()) return {};
  const Bytes content = lexicon + segments;
  const Samples samples(unseen);
  Bytes out(content.size() + 4096, '\0');
  ZDICT_params_t params{};
  params.compressionLevel = kLevel;
  const std::size_t made =
      ZDICT_finalizeDictionary(out.data(), out.size(), content.data(), content.size(),
                               samples.bytes.data(), samples.sizes.data(), samples.count(), params);
  if (failed(made)) return {};
  out.resize(made);
  return out;
}

}  // namespace relais::tools
