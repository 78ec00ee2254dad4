// A host's first day: a space, a document, what it reads and is told, and a sync that can't be.
#include <relais/relais.h>

#include <atomic>

namespace {

relais::Error wrong(const char* what) { return {relais::ErrorCode::not_found, what}; }

}  // namespace

relais::Status tour() {
  auto created = relais::Replica::create("tour", {"Mobile clinic", "Tablet 1", {}});
  if (!created) return created.error();
  relais::Replica tablet = std::move(created->replica);

  std::atomic<int> told = 0;
  const auto watching = tablet.observe([&told](const relais::Event& event) {
    if (event.kind == relais::Event::Kind::documents_changed) ++told;
  });
  const relais::DocumentId patient{"", "patients", "4711"};
  const auto written = tablet.write([&](relais::Transaction& tx) -> relais::Status {
    if (auto set = tx.set(patient, "weight_kg", 61); !set) return set;
    return tx.put_json(patient, "allergies", R"(["penicillin"])");
  });
  if (!written) return written;

  const auto json = tablet.json(patient);
  if (!json) return json.error();
  if (json->find("penicillin") == std::string::npos) return wrong("What was written isn't read.");

  const auto met = tablet.sync("127.0.0.1:1");  // where nobody listens
  if (met) return wrong("A sync with nobody is said to have gone well.");
  if (met.error().message().empty()) return wrong("A sync fails without a word.");
  if (told == 0) return wrong("The observer wasn't told.");
  return {};
}
