#include "fuzz/support/seeds.h"
#include "relais/clinic/v1/case.pb.h"
#include "schemas.pb.h"

namespace relais::fuzz {
namespace {

using clinic::v1::Case;
using testing::schemas::Kinds;

template <class Type>
Bytes input(int type, const Type& first, const Type& second, const Type& third) {
  Composer composer;
  composer.byte(static_cast<std::size_t>(type));
  for (const Type* one : {&first, &second, &third}) composer.sized(one->SerializeAsString());
  return composer.bytes();
}

Case case_of(int number) {
  Case made;
  made.set_patient("4711");
  made.set_status(number == 1 ? Case::ESCALATED : Case::OPEN);
  made.set_summary(number == 1 ? "Wound clean, dry." : "Wound clean.");
  for (int i = 0; i < 3; ++i) {
    auto& observation = *made.add_observation();
    observation.set_id(std::to_string((i + number) % 4));
    observation.mutable_value_quantity()->set_value(36.5 + number);
    observation.mutable_effective_date_time()->set_seconds(1'790'000'000 + i);
  }
  made.add_allergy(number == 2 ? "latex" : "penicillin");
  (*made.mutable_dispensed())["gauze"] = number;
  made.set_sessions_held(number);
  return made;
}

Kinds kinds_of(int number) {
  Kinds made;
  made.set_plain("a");
  made.set_large(1U << number);
  made.set_number(0.5);
  made.set_raw("raw");
  made.set_verdict(testing::schemas::RED);
  for (const char* line : {"a", "b", "c"}) made.add_line(line + std::to_string(number % 2));
  for (int i = number; i < 4; ++i) made.add_stripe(testing::schemas::COLOR_DARK_GREEN);
  made.add_dose(number);
  made.add_parts()->add_part()->set_name("screw");
  made.add_parts()->set_size(number);
  (*made.mutable_parts_by_name())["a/b"].set_size(number);
  made.set_note("abc" + std::to_string(number));
  made.set_memo("x");
  if (number == 1) made.set_flag(true);
  if (number == 2) made.mutable_thing();
  made.mutable_picture()->set_hash(std::string(32, 'h'));
  made.mutable_picture()->set_media_type("image/png");
  made.mutable_inner()->mutable_inner()->set_word("deep");
  return made;
}

}  // namespace

void add_typed_seeds(Seeds& seeds) {
  auto& inputs = seeds["typed_import"];
  inputs["case"] = input(1, case_of(0), case_of(1), case_of(2));
  inputs["case_emptied"] = input(1, case_of(1), Case(), case_of(2));
  inputs["kinds"] = input(0, kinds_of(0), kinds_of(1), kinds_of(2));
  inputs["kinds_emptied"] = input(0, kinds_of(2), kinds_of(1), Kinds());
}

}  // namespace relais::fuzz
