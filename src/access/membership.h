#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/log.h"
#include "wire/records.h"

/// Who may. Derived again from signatures at every opening; nothing cached is trusted.
/// docs/spec/access.md, "Membership".
namespace relais::access {

using wire::EpochId;
using wire::Level;

inline constexpr std::uint32_t kAllRights = wire::kRead | wire::kWrite | wire::kGrant;

class VerifiedCertificates;

/// A control record at its place.
struct PlacedRecord {
  AuthorId author;
  std::uint64_t seq = 0;
  wire::ControlRecord record;
};
/// From its block. One that doesn't parse keeps its place and counts for nothing.
PlacedRecord read_record(const AuthorId& author, std::uint64_t seq, BytesView block);

struct Device {
  DeviceId id;
  Level level = Level::member;
  crypto::SigningPublicKey signing_key;
  crypto::DhPublicKey noise_key;
  crypto::DhPublicKey receiving_key;
  crypto::SigningPublicKey issuer;
  std::int64_t not_after_ms = 0;
  Bytes certificate;  ///< encoded, as it was signed
};

struct Compartment {
  CompartmentId id;
  std::string scope;
  std::string label;
};

struct Epoch {
  EpochId id;
  CompartmentId compartment;
  crypto::Hash commitment;
  AuthorId maker;
  std::uint64_t maker_seq = 0;
  /// How much of control its maker had seen: its own position and those it cites, added up. An
  /// epoch made in knowledge of another has seen more, so this orders them by age.
  std::uint64_t seen = 0;
  std::vector<wire::record::KeysSealed::Copy> copies;  ///< sorted by device, none twice
};

/// What became of the records: for `verify`, and for tests.
struct Tally {
  std::size_t counted = 0;  ///< had an effect
  std::size_t ignored = 0;  ///< their author may not, they contradict an earlier one, or repeat it
  std::size_t unknown = 0;  ///< of a kind that a newer version knows
  bool operator==(const Tally&) const = default;
};

/// The state of control: a pure function of the set of records, whatever their order of arrival,
/// resolved level by level (root's logs, then owners', then supervisors').
///
/// Threads: any, as nothing changes after `derive`. Owns: copies of all it was given; pointers that
/// its getters return live as long as it does, and are lost when it is moved or assigned.
class Membership {
 public:
  /// `first`: the bytes of the space's first record; must hash to `space`. `authors`: the signing
  /// key of each author in control, from verified seals. Records that may not count are passed
  /// over. `verified`, if given, spares certificates checked at an earlier derivation.
  /// Fails: corrupt if `first` isn't the first record of `space`.
  static Result<Membership> derive(const SpaceId& space, BytesView first,
                                   const std::map<AuthorId, crypto::SigningPublicKey>& authors,
                                   const std::vector<PlacedRecord>& records,
                                   VerifiedCertificates* verified = nullptr);

  const SpaceId& space() const { return space_; }
  /// Where the records themselves are: readable by every device, written by root and owners.
  const CompartmentId& control() const { return control_; }
  const crypto::SigningPublicKey& root_key() const { return root_key_; }
  /// Null: no such device. Root is none: its key signs records, and opens no session.
  const Device* device(const DeviceId& id) const;
  const Device* device_of(const crypto::SigningPublicKey& key) const;
  const std::map<DeviceId, Device>& devices() const { return devices_; }
  /// Sorted by id.
  const std::vector<Compartment>& compartments() const { return compartments_; }
  const Compartment* compartment(const CompartmentId& id) const;

  /// Bits of wire::Right. Root and owners have all of them in every compartment; couriers none but
  /// to read control.
  std::uint32_t rights(const DeviceId& device, const CompartmentId& compartment) const;
  bool may_write(const crypto::SigningPublicKey& device, const CompartmentId& compartment) const;
  bool may_read(const DeviceId& device, const CompartmentId& compartment) const;
  /// Devices that may read there, sorted.
  std::vector<DeviceId> readers(const CompartmentId& compartment) const;

  /// Where a section of a collection is kept: the section's entry, else the collection's default,
  /// else the space's. Empty: no entry at all.
  std::string label_of(std::string_view collection, std::string_view section) const;
  /// The label of each mapped (collection, section).
  std::map<std::pair<std::string, std::string>, std::string> labels() const {
    return {labels_.begin(), labels_.end()};
  }

  /// Valid epochs of a compartment, oldest first in canonical order.
  std::vector<const Epoch*> epochs(const CompartmentId& compartment) const;
  const Epoch* epoch(const EpochId& id) const;
  /// Of all compartments and control, sorted by id.
  const std::map<EpochId, Epoch>& epochs() const { return epochs_; }
  /// Authors with an admitted log in control, sorted: the list that both sides of a session index
  /// when they agree on control.
  const std::vector<AuthorId>& author_list() const { return author_list_; }

  const Tally& tally() const { return tally_; }
  /// All of it in one canonical form: equal bytes for equal state. For tests and `verify`.
  Bytes canonical() const;

 private:
  friend class Derivation;

  SpaceId space_;
  CompartmentId control_;
  crypto::SigningPublicKey root_key_;
  std::map<DeviceId, Device> devices_;
  std::vector<Compartment> compartments_;
  std::map<std::pair<DeviceId, CompartmentId>, std::uint32_t> rights_;
  /// Looks a place up without making strings: it is done for every section of every change.
  struct ByPlace {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      using Place = std::pair<std::string_view, std::string_view>;
      return Place(a.first, a.second) < Place(b.first, b.second);
    }
  };
  std::map<std::pair<std::string, std::string>, std::string, ByPlace> labels_;
  std::map<EpochId, Epoch> epochs_;
  std::map<CompartmentId, std::vector<EpochId>> epoch_order_;
  std::vector<AuthorId> author_list_;
  Tally tally_;
};

/// Space id of a space whose first record has these bytes.
SpaceId space_id(BytesView first_record);
/// The root key that a space's first record names. Fails: corrupt if the record doesn't hash to
/// `space`, isn't SpaceCreated, or the key isn't a valid point.
Result<crypto::SigningPublicKey> root_key_of(BytesView first_record, const SpaceId& space);

}  // namespace relais::access
