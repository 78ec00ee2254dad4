#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "access/membership.h"

namespace relais::access {

/// How Membership::derive fills a membership. Entitled authors come first, level by level; then
/// what they wrote takes effect kind by kind, so that a record never waits for one of another kind.
/// docs/spec/access.md, "Membership".
class Derivation {
 public:
  Derivation(Membership& membership, BytesView first,
             const std::map<AuthorId, crypto::SigningPublicKey>& authors,
             VerifiedCertificates& verified)
      : out_(membership), first_(first), authors_(authors), verified_(verified) {}

  void run(const std::vector<PlacedRecord>& records);

 private:
  using Places = std::vector<const PlacedRecord*>;

  std::optional<Level> level_of(const AuthorId& author) const;
  void take_authors_of(Level level, const Places& all);
  /// Every entitled record of one kind, in canonical order.
  template <class Record>
  void apply_all();

  // Whether the record had an effect.
  bool apply(const PlacedRecord& place, const wire::record::SpaceCreated& created);
  bool apply(const PlacedRecord& place, const wire::record::MemberAdded& added);
  bool apply(const PlacedRecord& place, const wire::record::CompartmentCreated& created);
  bool apply(const PlacedRecord& place, const wire::record::SectionMapped& mapped);
  bool apply(const PlacedRecord& place, const wire::record::RightsGranted& granted);
  bool apply(const PlacedRecord& place, const wire::record::EpochMade& made);
  bool apply(const PlacedRecord& place, const wire::record::KeysSealed& sealed);
  void sort_epochs();

  Membership& out_;
  BytesView first_;
  const std::map<AuthorId, crypto::SigningPublicKey>& authors_;
  VerifiedCertificates& verified_;
  Places entitled_;  ///< by root, then by owners: canonical order
  std::map<CompartmentId, Compartment> compartments_;
};

}  // namespace relais::access
