#include <relais/relais.h>

// One device creates a space and another joins it. Both write one field while offline, then sync.
relais::Status two_devices_meet() {
  auto clinic = relais::Replica::create("clinic", {"Mobile clinic", "Tablet 1", {}});
  if (!clinic) return clinic.error();
  relais::Replica& one = clinic->replica;
  auto server = one.listen("127.0.0.1:0");
  auto invitation = one.invite();
  if (!server || !invitation) return server ? invitation.error() : server.error();

  auto two = relais::Replica::join("tablet", *invitation, server->address, {"Tablet 2"});
  if (!two) return two.error();
  const relais::DocumentId patient{"", "patients", "4711"};
  auto here = one.write([&](relais::Transaction& tx) { return tx.set(patient, "weight_kg", 61); });
  auto there =
      two->write([&](relais::Transaction& tx) { return tx.set(patient, "weight_kg", 62); });
  if (!here || !there) return here ? there : here;

  auto met = two->sync(server->address);
  if (!met) return met.error();
  auto weight = one.field(patient, "weight_kg");  // both values, who wrote them and when
  return weight && weight->versions.size() == 2
             ? relais::Status()
             : relais::Error(relais::ErrorCode::not_found, "The conflict isn't shown.");
}
