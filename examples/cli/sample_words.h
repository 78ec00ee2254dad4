#pragma once

#include <cstddef>
#include <string_view>

namespace cli {

/// A list in static storage.
struct Words {
  const std::string_view* first;
  std::size_t size;

  template <std::size_t N>
  constexpr Words(const std::string_view (&words)[N]) : first(words), size(N) {}  // NOLINT
};

/// What a register in one language is written with. In notes {d} stands for a number of days,
/// {w} weeks, {m} months, {k} kilograms, {c} centimetres, {n} a small count.
struct Language {
  std::string_view code;    ///< ISO 639-1
  std::string_view second;  ///< another language spoken there, or empty
  Words women;
  Words men;
  Words families;
  Words places;
  Words hospitals;
  Words openings;  ///< of a note
  Words notes;     ///< what goes on in it
  Words worries;   ///< said in a psychosocial session
};

const Language& french();
const Language& arabic();
const Language& ukrainian();
const Language& bulgarian();

}  // namespace cli
