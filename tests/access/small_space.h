#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "access/certificate.h"
#include "access/founding.h"
#include "access/joining.h"

/// A space without logs, seals or links: actors write records, and the membership is derived from
/// them.
namespace relais::access::test {

/// Deterministic bytes: the same for the same seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::uint8_t* out, std::size_t size) override;
  /// 0 to `end` - 1.
  std::size_t below(std::size_t end);
  bool chance(std::size_t one_in) { return below(one_in) == 0; }

 private:
  Bytes seed_;
  std::uint64_t count_ = 0;
};

/// The keys of a device and its log in control.
struct Actor {
  DeviceKeys keys;
  log::Instance instance;
  AuthorId author;
  std::uint64_t next_seq = 1;
  crypto::Hash head;  ///< of its last record

  DeviceId id() const { return log::device_id(keys.signing.public_key); }
};

class SmallSpace {
 public:
  explicit SmallSpace(std::uint64_t seed = 1);

  SeededRandom random;
  Founding founding;
  Actor& root() { return *root_; }
  /// The first owner. References to actors stay valid.
  Actor& owner() { return *owner_; }

  /// A new device that is not in the space.
  Actor& stranger();
  /// Writes the next record of the actor's log in control.
  void write(Actor& author, wire::ControlRecord record);
  void write_all(Actor& author, std::vector<wire::ControlRecord> records);
  /// Another incarnation of the same device.
  Actor& again(const Actor& device);
  /// A citation of everything an actor has written so far.
  static wire::Citation upto(const Actor& actor) {
    return {actor.author, actor.next_seq - 1, actor.head};
  }
  /// Makes one epoch as an honest device does.
  NewEpochs epoch(const CompartmentId& compartment, const CitedHeads& cited = {});
  void write_epochs(Actor& author, NewEpochs epochs);
  /// A certificate body for the next place in the issuer's log; change it to make an invalid one.
  wire::CertificateBody body(const Actor& issuer, const Actor& subject, Level level) const;
  wire::record::MemberAdded added(const Actor& issuer, const wire::CertificateBody& body) const;
  /// Adds a new device, with `issuer` as the issuer.
  Actor& add(Actor& issuer, Level level);
  CompartmentId create(Actor& author, const std::string& scope, const std::string& label);

  Membership membership() const { return membership_of(records); }
  Membership membership_of(const std::vector<LocatedRecord>& some) const;

  std::vector<LocatedRecord> records;
  std::map<AuthorId, crypto::SigningPublicKey> authors;

 private:
  Actor& enrol(DeviceKeys keys, const log::Instance& instance);

  std::deque<Actor> actors_;
  Actor* root_ = nullptr;
  Actor* owner_ = nullptr;
};

/// The first record, lengthened to limits::kFirstRecordBytes.
Bytes longest_first_record(Bytes first);

}  // namespace relais::access::test
