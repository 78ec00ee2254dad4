// Makes the dictionary that blocks are compressed with, from made-up text alone: a lexicon of
// clinic words, and the register that `relais sample` writes. Never from anybody's documents.
//
//   make_dictionary train FILE            writes the dictionary; the same bytes every time
//   make_dictionary measure FILE.ndjson   what a register's blocks take with the one compiled in
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "make_dictionary/changes.h"
#include "make_dictionary/make_dictionary.h"
#include "make_dictionary/shuffle.h"
#include "sample.h"

namespace relais::tools {
namespace {

constexpr std::uint64_t kPatients = 10'000;
constexpr std::uint64_t kUnseenPatients = 6'000;
constexpr std::uint64_t kSeed = 7;
constexpr std::uint64_t kUnseenSeed = 99;

// What comes most often last: near what is compressed.
constexpr const char* kLexicon[] = {"en", "ar", "bg", "uk", "icd10", "medicines", "fr"};

Bytes read_lexicon() {
  std::stringstream all;
  for (const char* name : kLexicon) {
    std::ifstream in(std::string(RELAIS_LEXICON_DIR "/") + name + ".txt", std::ios::binary);
    if (!in) return {};
    all << in.rdbuf();
  }
  return all.str();
}

bool make(const char* file) {
  Changes changes(Changes::Clock::scattered);
  bool good = true;
  cli::write_sample(kPatients, kSeed, [&](std::string_view line) { good &= changes.add(line); });
  Changes unseen(Changes::Clock::scattered);
  WordShuffler shuffler;
  cli::write_sample(kUnseenPatients, kUnseenSeed,
                    [&](std::string_view line) { good &= unseen.add(shuffler.shuffle(line)); });
  const Bytes lexicon = read_lexicon();
  if (!good || lexicon.empty()) return false;
  const Bytes dictionary = train(lexicon, changes.all(), unseen.all());
  std::ofstream out(file, std::ios::binary);
  out << dictionary;
  std::printf("%zu bytes\n", dictionary.size());
  return !dictionary.empty() && out.good();
}

bool measure_file(const char* file) {
  std::ifstream in(file);
  Changes changes(Changes::Clock::running);
  for (std::string line; std::getline(in, line);) {
    if (!changes.add(line)) return false;
  }
  return measure(changes.all());
}

}  // namespace
}  // namespace relais::tools

int main(int count, char** arguments) {
  const std::string command = count == 3 ? arguments[1] : "";
  if (command == "train") return relais::tools::make(arguments[2]) ? 0 : 1;
  if (command == "measure") return relais::tools::measure_file(arguments[2]) ? 0 : 1;
  std::fputs("usage: make_dictionary train FILE | measure FILE.ndjson\n", stderr);
  return 2;
}
