#include "document/codec/names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace relais::document {
namespace {

constexpr std::string_view kNames[] = {
    "place",
    "note",
    "date",
    "given",
    "by",
    "vitals",
    "systolic_mmHg",
    "diastolic_mmHg",
    "pulse_bpm",
    "temperature_C",
    "diagnoses",
    "medication",
    "code",
    "name",
    "family",
    "sex",
    "birth_year",
    "residence",
    "displaced",
    "languages",
    "allergies",
    "registered",
    "patient",
    "kind",
    "opened",
    "status",
    "priority",
    "medical",
    "visits",
    "consent",
    "id",
    "period",
    // Two bytes from here.
    "share_medical",
    "share_legal",
    "phone",
    "psychosocial",
    "sessions",
    "phq9",
    "referral",
    "to",
    "reason",
    "legal",
    "complaint",
    "stage",
    "same_as",
    "abatementDate",
    "active",
    "actor",
    "address",
    "allergy",
    "assessment",
    "authoredOn",
    "birthDate",
    "bodySite",
    "city",
    "clinicalStatus",
    "complaintNumber",
    "condition",
    "consultation",
    "contact",
    "content",
    "counselling",
    "country",
    "dateTime",
    "deceased",
    "display",
    "district",
    "document",
    "effectiveDateTime",
    "encounter",
    "end",
    "evidence",
    "gender",
    "identifier",
    "interpretation",
    "line",
    "location",
    "managingOrganization",
    "observation",
    "occurrenceDate",
    "onsetDate",
    "participant",
    "performer",
    "plan",
    "pregnant",
    "provisionPeriod",
    "provisionType",
    "reasonCode",
    "recordedDate",
    "recorder",
    "relationship",
    "requester",
    "scope",
    "serviceRequest",
    "severity",
    "source",
    "start",
    "statement",
    "suicideRisk",
    "summary",
    "system",
    "tag",
    "telecom",
    "text",
    "title",
    "type",
    "unit",
    "use",
    "value",
    "verificationStatus",
    "violenceAtHome",
};
constexpr std::size_t kNameCount = std::size(kNames);

using Entry = std::pair<std::string_view, std::uint32_t>;

std::array<Entry, kNameCount> sorted_names() {
  std::array<Entry, kNameCount> sorted;
  for (std::uint32_t i = 0; i < kNameCount; ++i) sorted[i] = {kNames[i], i};
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

std::optional<std::uint32_t> number_of_name(std::string_view name) {
  static const std::array<Entry, kNameCount> kSorted = sorted_names();
  const auto at = std::lower_bound(kSorted.begin(), kSorted.end(), Entry{name, 0});
  return at != kSorted.end() && at->first == name ? std::optional(at->second) : std::nullopt;
}

std::optional<std::string_view> name_of_number(std::uint64_t number) {
  return number < kNameCount ? std::optional(kNames[number]) : std::nullopt;
}

}  // namespace relais::document
