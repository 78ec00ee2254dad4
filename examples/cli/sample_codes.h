#pragma once

#include <cstdint>
#include <string_view>

#include "sample_words.h"

namespace cli {

/// What a case is about, with what is found (WHO ICD-10) and given (WHO essential medicines) then.
struct CaseKind {
  std::string_view name;
  std::uint32_t weight;         ///< how often, of the sum of all
  std::uint32_t women_percent;  ///< of its patients
  Words diagnoses;
  Words medication;
};

inline constexpr std::size_t kCaseKinds = 6;
const CaseKind& case_kind(std::size_t index);

/// Found and given in any case.
const Words& common_diagnoses();
const Words& common_medication();
const Words& allergens();

}  // namespace cli
