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

/// Who may. Derived again from signatures at every opening; nothing cached is trusted.
/// docs/spec/access.md, "Membership".
namespace relais::access {

using wire::EpochId;
using wire::Level;

inline constexpr std::uint32_t kAllRights = wire::kRead | wire::kWrite | wire::kGrant;

/// A control record at its place.
struct PlacedRecord {
  AuthorId author;
  std::uint64_t seq = 0;
  crypto::Hash hash;  ///< h of the log at this place: what a citation of it names
  wire::ControlRecord record;
};
/// From its block. One that doesn't parse keeps its place and counts for nothing.
PlacedRecord read_record(const AuthorId& author, std::uint64_t seq, const crypto::Hash& hash,
                         BytesView block);

/// A device, as the certificates that count have it. Its keys may be any 32 bytes: no signature is
/// checked here, and bad keys make its seals and its sessions fail.
struct Device {
  DeviceId id;
  Level level = Level::member;  ///< the weakest of those
  crypto::SigningPublicKey signing_key;
  crypto::DhPublicKey noise_key;
  crypto::DhPublicKey receiving_key;
  crypto::SigningPublicKey issuer;
  /// Wall time; 0: none. The latest of those certificates' ends, each no later than its issuer's.
  std::int64_t not_after_ms = 0;
  Bytes certificate;  ///< encoded, as it was signed: the one with that end
  /// Certificates over different keys count: no session, and no new copy of a key, until a record
  /// settles it.
  bool keys_clash = false;
  bool levels_clash = false;  ///< certificates of different levels count
};

struct Compartment {
  CompartmentId id;
  std::string scope;
  std::string label;
};

/// Where a section is kept.
struct Labels {
  /// Of all entries that ever counted, sorted: a change under any of them is filed right, and read.
  std::vector<std::string> filed;
  /// Of those that no other has replaced, sorted: two are a conflict.
  std::vector<std::string> open;
  /// Among those, of the highest level: where a device writes that has used none of them.
  std::vector<std::string> highest;
  bool closed = false;  ///< one of the open ones says so: see Membership::takes_section
};

/// Looks a place up without making strings: it is done for every section of every change.
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

/// A key of a compartment, by the commitment to it.
struct Epoch {
  /// A record that makes it. A record by another with the same commitment is another making.
  struct Making {
    AuthorId maker;
    std::uint64_t seq = 0;
    Level level = Level::member;  ///< of the maker
    bool open = false;            ///< maker and recipients may read, and it cites all it must
    bool complete = false;        ///< all it cites is held
    std::shared_ptr<const std::map<AuthorId, std::uint64_t>> covered;  ///< by what it cites
  };
  EpochId id;
  CompartmentId compartment;
  crypto::Hash commitment;
  bool ambiguous = false;       ///< another commitment has the same id: not to be written under
  std::vector<Making> makings;  ///< by level, author and place
  /// Its key, sealed to a device by somebody, who may have sealed anything.
  struct Copy {
    DeviceId device;
    AuthorId by;
    Bytes box;
    auto operator<=>(const Copy&) const = default;
  };
  std::vector<Copy> copies;  ///< sorted by device, none twice
  std::span<const Copy> copies_for(const DeviceId& device) const;
};

/// What became of the records: for `verify`, and for tests.
struct Tally {
  std::size_t counted = 0;  ///< had an effect
  std::size_t ignored = 0;  ///< their author may not, they say nothing, or nothing new
  std::size_t unknown = 0;  ///< of a kind that a newer version knows
  bool operator==(const Tally&) const = default;
};

/// The state of control: a pure function of the set of records, whatever their order of arrival,
/// resolved level by level (root's logs, then owners', supervisors', members'). Nothing in it is
/// chosen by an id or a hash, which can be ground.
///
/// Threads: any, as nothing changes after `derive`. Owns: copies of all it was given; pointers that
/// its getters return live as long as it does, and are lost when it is moved or assigned.
class Membership {
 public:
  /// `first`: the bytes of the space's first record; must hash to `space`. `authors`: the signing
  /// key of each author met in control, from verified seals. Records that may not count are passed
  /// over. Fails: corrupt if `first` isn't the first record of `space`.
  static Result<Membership> derive(const SpaceId& space, BytesView first,
                                   const std::map<AuthorId, crypto::SigningPublicKey>& authors,
                                   const std::vector<PlacedRecord>& records);

  const SpaceId& space() const { return space_; }
  /// Where the records themselves are: readable by every device. Root, owners and supervisors write
  /// there; members make epochs and hand keys on, no more.
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
  /// to read control; who may write may read.
  std::uint32_t rights(const DeviceId& device, const CompartmentId& compartment) const;
  bool may_write(const crypto::SigningPublicKey& device, const CompartmentId& compartment) const;
  bool may_read(const DeviceId& device, const CompartmentId& compartment) const;
  /// Devices that may read there, sorted.
  std::vector<DeviceId> readers(const CompartmentId& compartment) const;

  /// Where a section of a collection is kept: as the section's entries say, else the collection's
  /// default, else the space's. Null: no entry at all.
  const Labels* labels(std::string_view collection, std::string_view section) const;
  const LabelsByPlace& labels() const { return labels_; }
  /// Whether who writes may make the section: it has an entry, or the collection's default isn't
  /// closed. A duty of the writer: what others wrote elsewhere is read all the same.
  bool takes_section(std::string_view collection, std::string_view section) const;
  /// Places (collection, section) whose entries say different things.
  std::vector<std::pair<std::string, std::string>> mapping_conflicts() const;

  /// Of a compartment, sorted by id.
  std::vector<const Epoch*> epochs(const CompartmentId& compartment) const;
  const Epoch* epoch(const EpochId& id) const;
  /// Of all compartments and control, sorted by id.
  const std::map<EpochId, Epoch>& epochs() const { return epochs_; }

  /// Devices with more authors in control than they may have: nothing in their control logs counts.
  const std::set<DeviceId>& over_limit() const { return over_limit_; }
  /// How many authors the device may have: limits::kAuthorsPerDevice, or what a record from above
  /// says. Root: any number.
  std::size_t authors_allowed(const crypto::SigningPublicKey& device) const;
  /// How far an author's log in control is held here.
  std::uint64_t control_length(const AuthorId& author) const;
  /// Root's and all devices' authors with a log in control, sorted: the list that both sides of a
  /// session index when they agree on control.
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
  LabelsByPlace labels_;
  std::map<EpochId, Epoch> epochs_;
  std::set<DeviceId> over_limit_;
  std::map<DeviceId, std::size_t> allowed_;
  std::map<AuthorId, std::uint64_t> lengths_;
  std::vector<AuthorId> author_list_;
  Tally tally_;
};

/// Space id of a space whose first record has these bytes.
SpaceId space_id(BytesView first_record);
/// The root key that a space's first record names. Fails: corrupt if the record doesn't hash to
/// `space`, isn't SpaceCreated, or the key isn't a valid point.
Result<crypto::SigningPublicKey> root_key_of(BytesView first_record, const SpaceId& space);

}  // namespace relais::access
