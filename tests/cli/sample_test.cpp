#include "sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sample_words.h"

namespace {

using nlohmann::json;

std::vector<std::string> lines(std::uint64_t patients, std::uint64_t seed) {
  std::vector<std::string> out;
  cli::write_sample(patients, seed, [&out](std::string_view line) { out.emplace_back(line); });
  return out;
}

/// FNV-1a: enough to tell two registers apart.
std::uint64_t fingerprint(const std::vector<std::string>& lines) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::string& line : lines) {
    for (const char c : line + '\n') {
      hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    }
  }
  return hash;
}

void collect_strings(const json& value, std::vector<std::string>& out) {
  if (value.is_string()) out.push_back(value.get<std::string>());
  if (value.is_structured()) {
    for (const json& child : value) collect_strings(child, out);
  }
}

TEST(Sample, EveryLineIsOneJsonObjectOfTheRegistersShape) {
  for (const std::string& line : lines(500, 7)) {
    const json row = json::parse(line);  // refuses broken UTF-8 too
    ASSERT_EQ(row.size(), 3U) << line;
    ASSERT_TRUE(row.at("doc").is_object()) << line;
    ASSERT_THAT(row.at("collection").get<std::string>(), testing::AnyOf("patients", "cases"));
    ASSERT_EQ(line.find('\n'), std::string::npos);
  }
}

TEST(Sample, APatientIsFollowedByTheirCase) {
  const std::vector<std::string> all = lines(200, 3);
  ASSERT_EQ(all.size(), 400U);
  for (std::size_t i = 0; i < all.size(); i += 2) {
    const json patient = json::parse(all[i]);
    const json opened = json::parse(all[i + 1]);
    EXPECT_EQ(patient.at("collection"), "patients");
    EXPECT_EQ(opened.at("collection"), "cases");
    EXPECT_EQ(opened.at("doc").at("patient"), patient.at("id"));
    EXPECT_LE(patient.at("doc").at("registered"), opened.at("doc").at("opened"));
  }
}

TEST(Sample, IdsAreUniqueAndAreVersion4Uuids) {
  std::set<std::string> ids;
  for (const std::string& line : lines(2000, 1)) {
    const std::string id = json::parse(line).at("id");
    ASSERT_TRUE(ids.insert(id).second) << id;
    ASSERT_EQ(id.size(), 36U);
    for (std::size_t i = 0; i < id.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      ASSERT_NE(std::string(dash ? "-" : "0123456789abcdef").find(id[i]), std::string::npos) << id;
    }
    ASSERT_EQ(id[14], '4');
    ASSERT_THAT(id[19], testing::AnyOf('8', '9', 'a', 'b'));
  }
}

TEST(Sample, TheSameSeedGivesTheSameBytesOnEveryMachine) {
  EXPECT_EQ(lines(300, 42), lines(300, 42));
  EXPECT_EQ(fingerprint(lines(300, 42)), 0x20e5c7abfba1d3f4U);
}

TEST(Sample, AnotherSeedGivesOtherPeople) { EXPECT_NE(lines(1, 1)[0], lines(1, 2)[0]); }

TEST(Sample, ALongerRegisterBeginsWithTheShorterOne) {
  const std::vector<std::string> shorter = lines(20, 9);
  std::vector<std::string> longer = lines(50, 9);
  longer.resize(shorter.size());
  EXPECT_EQ(longer, shorter);
}

TEST(Sample, NoPatientsGiveNoLines) { EXPECT_TRUE(lines(0, 1).empty()); }

TEST(Sample, NotesHoldNoUnfilledPlaces) {
  std::vector<std::string> strings;
  for (const std::string& line : lines(800, 5)) collect_strings(json::parse(line), strings);
  for (const std::string& text : strings) {
    ASSERT_EQ(text.find_first_of("{}"), std::string::npos) << text;
    ASSERT_FALSE(text.empty());
  }
}

TEST(Sample, EveryPlaceInAFragmentIsOneThatGetsFilled) {
  for (const cli::Language* language :
       {&cli::french(), &cli::arabic(), &cli::ukrainian(), &cli::bulgarian()}) {
    EXPECT_GE(language->notes.size, 60U) << language->code;
    for (const cli::Words& words : {language->notes, language->worries}) {
      for (std::size_t i = 0; i < words.size; ++i) {
        const std::string_view text = words.first[i];
        for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
          ASSERT_LT(at + 2, text.size()) << text;
          ASSERT_NE(std::string_view("dwmkcn").find(text[at + 1]), text.npos) << text;
          ASSERT_EQ(text[at + 2], '}') << text;
        }
      }
    }
  }
}

TEST(Sample, NoWordStandsTwiceInAList) {
  for (const cli::Language* language :
       {&cli::french(), &cli::arabic(), &cli::ukrainian(), &cli::bulgarian()}) {
    for (const cli::Words& words : {language->women, language->men, language->families,
                                    language->places, language->notes, language->worries}) {
      const std::set<std::string_view> different(words.first, words.first + words.size);
      EXPECT_EQ(different.size(), words.size) << language->code << ' ' << words.first[0];
    }
  }
}

TEST(Sample, AllScriptsAndAllSectionsOccur) {
  std::map<std::string, int> seen;
  for (const std::string& line : lines(2000, 11)) {
    const json doc = json::parse(line).at("doc");
    for (const char* key : {"phone", "psychosocial", "legal", "referral"}) {
      seen[key] += doc.contains(key) ? 1 : 0;
    }
    if (doc.contains("languages")) ++seen[doc.at("languages").at(0)];
  }
  for (const char* key : {"phone", "psychosocial", "legal", "referral", "fr", "ar", "uk", "bg"}) {
    EXPECT_GT(seen[key], 20) << key;
  }
}

}  // namespace
