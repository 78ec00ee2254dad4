#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace relais::tools {

/// Shuffles the letters within about half of the words of free text and names in a register's
/// line. What isn't in the dictionary is coded letter by letter: this gives the letters of words
/// the dictionary doesn't hold, where the made-up register has hardly any such words.
class WordShuffler {
 public:
  std::string shuffle(std::string_view line);

 private:
  std::uint64_t draw();  ///< xorshift64: the same on every machine
  std::size_t shuffle_value(std::string_view line, std::size_t at, std::string& out);
  void put_word(std::string_view word, std::string& out);

  std::uint64_t state_ = 88172645463325252;
};

}  // namespace relais::tools
