#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/log.h"
#include "wire/records.h"

/// The members of a space and their rights. Derived from signed records at every opening; no cache
/// is trusted.
/// docs/spec/access.md, "Membership".
namespace relais::access {

using wire::EpochId;
using wire::Level;

inline constexpr std::uint32_t kAllRights = wire::kRead | wire::kWrite | wire::kGrant;

/// A control record at its position.
struct LocatedRecord {
  AuthorId author;
  std::uint64_t seq = 0;
  crypto::Hash hash;  ///< h of the log at this position, as citations name it
  wire::ControlRecord record;
};
/// Decodes a block. A malformed record keeps its position and has no effect.
LocatedRecord read_record(const AuthorId& author, std::uint64_t seq, const crypto::Hash& hash,
                          BytesView block);

/// A device, from the certificates that count. No signature is checked here, so its keys may be any
/// 32 bytes; bad keys make its seals and sessions fail.
struct Device {
  DeviceId id;
  Level level = Level::member;  ///< the lowest of those certificates
  crypto::SigningPublicKey signing_key;
  crypto::DhPublicKey noise_key;
  crypto::DhPublicKey receiving_key;
  crypto::SigningPublicKey issuer;
  /// Wall time; 0: no expiry. The latest expiry of those certificates, each limited by its
  /// issuer's.
  std::int64_t not_after_ms = 0;
  Bytes certificate;  ///< encoded, as signed: the one with that expiry
  /// Certificates over different keys count: no session and no new copy of a key until a record
  /// replaces some.
  bool keys_clash = false;
  bool levels_clash = false;  ///< certificates of different levels count
};

struct Compartment {
  CompartmentId id;
  std::string scope;
  std::string label;
};

/// The labels of a section.
struct Labels {
  /// Of all entries that ever counted, sorted: a change under any of them is accepted.
  std::vector<std::string> filed;
  /// Of the entries that no other one has replaced, sorted. Two labels are a conflict.
  std::vector<std::string> open;
  /// Of the open entries of the highest level: for a device that hasn't written under an open
  /// label.
  std::vector<std::string> highest;
  bool closed = false;  ///< an open entry says so: see Membership::takes_section
};

/// Transparent comparison: lookups, one per section of every change, make no strings.
struct ByPlace {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    using Place = std::pair<std::string_view, std::string_view>;
    return Place(a.first, a.second) < Place(b.first, b.second);
  }
};
/// By collection and section.
using LabelsByPlace = std::map<std::pair<std::string, std::string>, Labels, ByPlace>;

/// An epoch of a compartment: a key, identified by its commitment.
struct Epoch {
  /// A record that makes the epoch. Several authors may publish one commitment.
  struct Making {
    AuthorId maker;
    std::uint64_t seq = 0;
    Level level = Level::member;  ///< of the maker
    bool open = false;            ///< maker and recipients may read, and it cites all that it must
    bool complete = false;        ///< all that it cites is held
    std::shared_ptr<const std::map<AuthorId, std::uint64_t>> covered;  ///< by its citations
  };
  EpochId id;
  CompartmentId compartment;
  crypto::Hash commitment;
  bool ambiguous = false;       ///< another commitment has the same id: never written under
  std::vector<Making> makings;  ///< by level, author and position
  /// The key, sealed to a device. Unverified: its author may have sealed other bytes.
  struct Copy {
    DeviceId device;
    AuthorId by;
    Bytes box;
    auto operator<=>(const Copy&) const = default;
  };
  std::vector<Copy> copies;  ///< sorted by device, without duplicates
  std::span<const Copy> copies_for(const DeviceId& device) const;
};

/// Counts of records by effect: for `verify` and for tests.
struct Tally {
  std::size_t counted = 0;  ///< had an effect
  std::size_t ignored = 0;  ///< no right, malformed, or nothing new
  std::size_t unknown = 0;  ///< of a kind that a newer version knows
  bool operator==(const Tally&) const = default;
};

/// The state of control: a pure function of the set of records, in any order of arrival, resolved
/// level by level (root's logs, then owners', supervisors', members'). No rule chooses by an id or
/// a hash, which an author could search for.
///
/// Threads: any; immutable after `derive`. Owns: copies of its arguments. Pointers from its getters
/// are valid until it is moved, assigned or destroyed.
class Membership {
 public:
  /// `first`: the bytes of the space's first record. `authors`: the signing key of each author in
  /// control, from verified seals. Records without the right to an effect are ignored. Fails:
  /// corrupt if `first` isn't the first record of `space`.
  static Result<Membership> derive(const SpaceId& space, BytesView first,
                                   const std::map<AuthorId, crypto::SigningPublicKey>& authors,
                                   const std::vector<LocatedRecord>& records);

  const SpaceId& space() const { return space_; }
  /// The compartment of the records, readable by every device. Root, owners and supervisors write
  /// there; members only make epochs and share keys.
  const CompartmentId& control() const { return control_; }
  const crypto::SigningPublicKey& root_key() const { return root_key_; }
  /// Null if unknown. Root is no device: its key signs records and opens no session.
  const Device* device(const DeviceId& id) const;
  const Device* device_of(const crypto::SigningPublicKey& key) const;
  const std::map<DeviceId, Device>& devices() const { return devices_; }
  /// Sorted by id.
  const std::vector<Compartment>& compartments() const { return compartments_; }
  const Compartment* compartment(const CompartmentId& id) const;

  /// Bits of wire::Right. Root and owners have all in every compartment; couriers may only read
  /// control. The right to write implies the right to read.
  std::uint32_t rights(const DeviceId& device, const CompartmentId& compartment) const;
  bool may_write(const crypto::SigningPublicKey& device, const CompartmentId& compartment) const;
  bool may_read(const DeviceId& device, const CompartmentId& compartment) const;
  /// Devices that may read there, sorted.
  std::vector<DeviceId> readers(const CompartmentId& compartment) const;

  /// The labels of a section: by the section's entries, else the collection's default, else the
  /// space's default. Null if there is no entry.
  const Labels* labels(std::string_view collection, std::string_view section) const;
  const LabelsByPlace& labels() const { return labels_; }
  /// Whether a local edit may create the section: it has an entry, or the collection's default
  /// isn't closed. Only the writer checks this; others read the section regardless.
  bool takes_section(std::string_view collection, std::string_view section) const;
  /// The pairs (collection, section) whose open entries disagree.
  std::vector<std::pair<std::string, std::string>> mapping_conflicts() const;

  /// Of a compartment, sorted by id.
  std::vector<const Epoch*> epochs(const CompartmentId& compartment) const;
  const Epoch* epoch(const EpochId& id) const;
  /// Of all compartments and control, sorted by id.
  const std::map<EpochId, Epoch>& epochs() const { return epochs_; }

  /// Devices with more authors in control than they may have: nothing in their control logs counts.
  const std::set<DeviceId>& over_limit() const { return over_limit_; }
  /// A device's limit of authors: limits::kAuthorsPerDevice, or the higher number of an
  /// AuthorsAllowed. Root: unlimited.
  std::size_t authors_allowed(const crypto::SigningPublicKey& device) const;
  /// The length of an author's log in control, as held here.
  std::uint64_t control_length(const AuthorId& author) const;

  const Tally& tally() const { return tally_; }
  /// A canonical encoding: equal bytes for equal state. For tests and `verify`.
  Bytes canonical() const;

 private:
  friend class Derivation;

  SpaceId space_;
  CompartmentId control_;
  crypto::SigningPublicKey root_key_;
  std::map<DeviceId, Device> devices_;
  std::vector<Compartment> compartments_;
  std::map<std::pair<DeviceId, CompartmentId>, std::uint32_t> rights_;
  LabelsByPlace labels_;
  std::map<EpochId, Epoch> epochs_;
  std::set<DeviceId> over_limit_;
  std::map<DeviceId, std::size_t> allowed_;
  std::map<AuthorId, std::uint64_t> lengths_;
  Tally tally_;
};

/// The id of the space with this first record.
SpaceId space_id(BytesView first_record);
/// The root key in a space's first record. Fails: corrupt if the record doesn't hash to `space`,
/// isn't SpaceCreated, or its key isn't a valid point.
Result<crypto::SigningPublicKey> root_key_of(BytesView first_record, const SpaceId& space);

}  // namespace relais::access
