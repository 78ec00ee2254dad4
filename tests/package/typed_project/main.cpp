// Builds and runs the examples of docs/typed.md against the installed library.
#include <relais/relais.h>
#include <relais/typed/typed.h>

#include <cstdio>
#include <filesystem>

#include "home_visit.pb.h"

// A type of the clinic's schemas, which the library includes.
#include <relais/clinic/v1/case.pb.h>

using homevisits::Dose;
using homevisits::HomeVisit;

namespace {

relais::Status write_visit(relais::Replica& tablet, const relais::DocumentId& visit) {
  return relais::typed::update<HomeVisit>(tablet, visit, [](HomeVisit& v) {
    v.set_note("Wound clean.");
    Dose& dose = *v.add_dose();
    dose.set_id("d1");  // an app draws it at random
    dose.set_drug("bisoprolol");
    dose.set_mg(5);
    v.set_dressings_used(v.dressings_used() + 2);
  });
}

relais::Status raise_dose(relais::Replica& tablet, const relais::DocumentId& visit) {
  return relais::typed::update<HomeVisit>(tablet, visit, [](HomeVisit& v) -> relais::Status {
    if (v.dose_size() == 0) {
      return relais::Error(relais::ErrorCode::not_found, "Nothing is prescribed yet.");
    }
    v.mutable_dose(0)->set_mg(7.5);
    return {};
  });
}

relais::Result<double> first_dose(const relais::Replica& tablet, const relais::DocumentId& visit) {
  auto v = relais::typed::read<HomeVisit>(tablet, visit);
  if (!v) return v.error();
  return v->dose_size() > 0 ? v->dose(0).mg() : 0;
}

relais::Status hand_over(relais::Replica& tablet, const relais::DocumentId& from,
                         const relais::DocumentId& to) {
  return tablet.write([&](relais::Transaction& tx) -> relais::Status {
    auto v = relais::typed::read<HomeVisit>(tx, from);
    if (!v) return v.error();
    v->clear_note();
    if (auto made = relais::typed::create(tx, to, *v); !made) return made;
    return relais::typed::update<HomeVisit>(tx, from, [](HomeVisit& old) { old.clear_dose(); });
  });
}

/// The names written for a person, if several devices wrote one concurrently.
relais::Result<std::size_t> names_given(const relais::Replica& tablet,
                                        const relais::DocumentId& visit) {
  auto path = relais::typed::path<HomeVisit>(HomeVisit::kPersonFieldNumber);  // "care/person"
  if (!path) return path.error();
  auto person = tablet.field(visit, *path);
  if (!person) return person.error();
  return person->versions.size();
}

relais::Status run() {
  if (auto fits = relais::typed::check<HomeVisit>(); !fits) return fits;
  auto created = relais::Replica::create("visits", {"Home visits", "Tablet 1", {}});
  if (!created) return created.error();
  relais::Replica& tablet = created->replica;
  const relais::DocumentId visit{"", "visits", "1"};
  const relais::DocumentId next{"", "visits", "2"};
  if (auto done = write_visit(tablet, visit); !done) return done;
  if (auto done = raise_dose(tablet, visit); !done) return done;
  if (auto done = hand_over(tablet, visit, next); !done) return done;
  const auto dose = first_dose(tablet, next);
  if (!dose) return dose.error();
  const auto names = names_given(tablet, visit);
  const auto clinics = relais::typed::update<relais::clinic::v1::Case>(
      tablet, {"", "cases", "1"},
      [](relais::clinic::v1::Case& c) { c.set_status(relais::clinic::v1::Case::OPEN); });
  if (!clinics) return clinics;
  const bool right = *dose == 7.5 && !names;
  return right
             ? relais::Status()
             : relais::Error(relais::ErrorCode::not_found, "What was read isn't what was written.");
}

}  // namespace

int main() {
  std::filesystem::remove_all("visits");
  const relais::Status done = run();
  std::puts(done ? "relais::typed works from its package" : done.error().message().c_str());
  return done ? 0 : 1;
}
