#include "sample.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sample_codes.h"
#include "sample_dice.h"
#include "sample_json.h"
#include "sample_words.h"

namespace cli {
namespace {

// At most one throw in a call's arguments: their order is the compiler's choice.

std::string uuid(Dice& dice) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::array<std::uint8_t, 16> bytes;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t drawn = dice.draw();
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[half * 8 + i] = static_cast<std::uint8_t>(drawn >> (8 * i));
    }
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // RFC 9562's variant
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 0x0f];
  }
  return out;
}

/// At least `width` digits.
std::string padded(std::uint64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

std::string date(int days_since_2022) {
  using namespace std::chrono;  // NOLINT: calendar literals read like dates
  const year_month_day day{sys_days{2022y / January / 1} + days{days_since_2022}};
  return std::to_string(static_cast<int>(day.year())) + '-' +
         padded(static_cast<unsigned>(day.month()), 2) + '-' +
         padded(static_cast<unsigned>(day.day()), 2);
}

/// Puts numbers for the {d}, {w}, {m}, {k}, {c} and {n} of a note's fragment.
void fill_in(std::string& out, std::string_view fragment, Dice& dice) {
  for (std::size_t i = 0; i < fragment.size(); ++i) {
    if (fragment[i] != '{') {
      out += fragment[i];
      continue;
    }
    switch (fragment[i + 1]) {
      case 'd': out += std::to_string(dice.between(2, 28)); break;
      case 'w': out += std::to_string(dice.between(2, 16)); break;
      case 'm': out += std::to_string(dice.between(2, 11)); break;
      case 'k': out += std::to_string(dice.between(9, 92)); break;
      case 'c': out += std::to_string(dice.between(1, 34)); break;
      default: out += std::to_string(dice.between(2, 8)); break;
    }
    i += 2;
  }
}

std::string note(Dice& dice, std::string_view opening, const Words& words, std::size_t count) {
  std::string out(opening);
  const std::string_view joint = dice.one({", ", "; ", ". "});
  for (const std::string_view fragment : dice.some(words, count)) {
    if (!out.empty()) out += out.size() == opening.size() ? std::string_view(": ") : joint;
    fill_in(out, fragment, dice);
  }
  return out += '.';
}

/// One patient and the case: what both documents say of the same person.
struct Person {
  const Language* language;
  const CaseKind* kind;
  std::string id;
  bool woman;
  int registered;  ///< days since 2022
};

Person person(Dice& dice) {
  static constexpr const Language& (*kLanguages[])() = {french, arabic, ukrainian, bulgarian};
  const Language& language = kLanguages[dice.weighted({80, 9, 8, 3})]();
  const std::size_t kind =
      dice.weighted({case_kind(0).weight, case_kind(1).weight, case_kind(2).weight,
                     case_kind(3).weight, case_kind(4).weight, case_kind(5).weight});
  std::string id = uuid(dice);
  const bool woman = dice.chance(case_kind(kind).women_percent);
  return {&language, &case_kind(kind), std::move(id), woman, dice.between(0, 1100)};
}

void begin(Json& json, std::string_view collection, std::string_view id) {
  json.clear();
  json.open('{').key("collection").string(collection);
  json.key("id").string(id);
  json.key("doc").open('{');
}

void write_patient(Json& json, Dice& dice, const Person& who, std::uint64_t number) {
  const Language& language = *who.language;
  std::string code{static_cast<char>(language.code[0] - 'a' + 'A'),
                   static_cast<char>(language.code[1] - 'a' + 'A'), '-'};
  begin(json, "patients", who.id);
  json.key("code").string(code + padded(number, 6));
  json.key("name").open('{').key("given").string(
      dice.one(who.woman ? language.women : language.men));
  json.key("family").string(dice.one(language.families));
  json.close('}').key("sex").string(who.woman ? "female" : "male");
  json.key("birth_year")
      .number(who.kind->name == "maternal_child" ? dice.between(1985, 2021)
                                                 : dice.between(1938, 2008));
  json.key("residence").open('{').key("place").string(dice.one(language.places));
  json.key("displaced").boolean(dice.chance(30));
  std::vector<std::string_view> spoken{language.code};
  if (!language.second.empty() && dice.chance(20)) spoken.push_back(language.second);
  json.close('}').key("languages").strings(spoken);
  json.key("allergies").strings(dice.some(allergens(), dice.weighted({60, 25, 15})));
  json.key("registered").string(date(who.registered));
  if (dice.chance(40)) {
    // No country has the code 000: nobody can be called.
    json.key("phone").string("+000" + padded(dice.below(1'000'000'000), 9));
  }
  json.close('}').close('}');
}

void write_codes(Json& json, Dice& dice, std::string_view key, const Words& own,
                 const Words& common, std::size_t count) {
  std::vector<std::string_view> codes = dice.some(own, count);
  if (dice.chance(20)) codes.push_back(dice.one(common));
  json.key(key).strings(codes);
}

void write_visit(Json& json, Dice& dice, const Person& who, int day) {
  const int systolic = dice.between(92, 178);
  const int tenths = dice.chance(85) ? dice.between(360, 375) : dice.between(376, 401);
  json.open('{').key("date").string(date(day));
  json.key("by").string(
      dice.one({"nurse", "doctor", "midwife", "psychologist", "mediator", "paralegal"}));
  json.key("place").string(dice.one(who.language->places));
  json.key("vitals").open('{').key("systolic_mmHg").number(systolic);
  json.key("diastolic_mmHg").number(systolic * 6 / 10 + dice.between(-4, 9));
  json.key("pulse_bpm").number(dice.between(56, 118));
  json.key("temperature_C").raw(std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10));
  json.close('}');
  write_codes(json, dice, "diagnoses", who.kind->diagnoses, common_diagnoses(),
              1 + dice.weighted({65, 35}));
  write_codes(json, dice, "medication", who.kind->medication, common_medication(),
              dice.weighted({20, 35, 30, 15}));
  const Language& language = *who.language;
  const std::string_view opening = dice.one(language.openings);
  json.key("note").string(note(dice, opening, language.notes, 1 + dice.below(4)));
  json.close('}');
}

/// The sections that other professions write and read.
void write_sections(Json& json, Dice& dice, const Person& who) {
  if (dice.chance(31)) {
    json.key("psychosocial").open('{').key("sessions").number(dice.between(1, 12));
    json.key("phq9").number(dice.between(0, 27));
    json.key("note").string(note(dice, "", who.language->worries, 3 + dice.below(4)));
    json.close('}');
  }
  if (who.kind->name == "sgbv" && dice.chance(20)) {
    std::string complaint(dice.one({"RMP/", "RP/", "PV/"}));
    complaint += padded(dice.below(9999) + 1, 4);
    complaint += '/';
    complaint += std::to_string(dice.between(2022, 2025));
    json.key("legal").open('{').key("complaint").string(complaint);
    json.key("stage").string(dice.one({"filed", "investigation", "hearing", "judged", "appeal"}));
    json.close('}');
  }
}

void write_case(Json& json, Dice& dice, const Person& who) {
  static constexpr int kVisits[] = {1, 2, 3, 6};
  const int opened = who.registered + dice.between(0, 10);
  const std::string_view status = dice.one({"open", "follow_up", "referred", "closed"});
  begin(json, "cases", uuid(dice));
  json.key("patient").string(who.id);
  json.key("kind").string(who.kind->name);
  json.key("opened").string(date(opened));
  json.key("status").string(status);
  static constexpr std::string_view kPriorities[] = {"routine", "urgent", "emergency"};
  json.key("priority").string(kPriorities[dice.weighted({85, 12, 3})]);
  json.key("medical").open('{').key("visits").open('[');
  int day = opened;
  for (int left = kVisits[dice.weighted({55, 25, 15, 5})]; left > 0; --left) {
    write_visit(json, dice, who, day);
    day += dice.between(5, 45);
  }
  json.close(']').close('}');
  json.key("consent").open('{').key("share_medical").boolean(true);
  json.key("share_legal").boolean(dice.chance(30));
  json.key("given").string(date(opened));
  json.close('}');
  write_sections(json, dice, who);
  if (status == "referred") {
    json.key("referral").open('{').key("to").string(dice.one(who.language->hospitals));
    json.key("reason").string(dice.one(who.kind->diagnoses));
    json.key("date").string(date(day));
    json.close('}');
  }
  json.close('}').close('}');
}

}  // namespace

void write_sample(std::uint64_t patients, std::uint64_t seed,
                  const std::function<void(std::string_view line)>& write) {
  Json json;
  for (std::uint64_t number = 0; number < patients; ++number) {
    Dice dice(seed, number);
    const Person who = person(dice);
    write_patient(json, dice, who, number);
    write(json.text());
    write_case(json, dice, who);
    write(json.text());
  }
}

}  // namespace cli
