#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "access/control_logs.h"
#include "access/membership.h"

namespace relais::access {

/// The algorithm of Membership::derive. Devices come first, level by level; then their records take
/// effect kind by kind, so that a record never waits for one of another kind. docs/spec/access.md,
/// "Membership".
class Derivation {
 public:
  Derivation(Membership& membership, BytesView first,
             const std::map<AuthorId, crypto::SigningPublicKey>& authors,
             const std::vector<LocatedRecord>& records)
      : out_(membership), first_(first), authors_(authors), logs_(records) {}

  void run();

 private:
  /// A record that counts, with its author's level, which decides its effects.
  struct Counted {
    const LocatedRecord* at;
    Level level;
    DeviceId device;
  };
  /// A certificate in its issuer's log.
  struct Certified {
    const LocatedRecord* at;
    const wire::record::MemberAdded* added;
    wire::CertificateBody body;
    Level by;
  };
  using Entry = std::pair<const Counted*, const wire::record::SectionMapped*>;

  // Devices and their authors (derivation.cpp, devices.cpp).
  void take_logs_of(Level level);
  void add_devices(Level by);
  void add_device(const DeviceId& id, std::vector<Certified> certified);
  void allow_authors(Level by);
  void check_own_signatures(std::vector<Certified>& certified) const;
  std::vector<Certified> not_replaced(const std::vector<Certified>& certified) const;
  void note_disagreements();
  void measure_logs();
  void finish_tally();

  // Compartments, sections and rights (settings.cpp).
  void take_first_record();
  void take_compartments();
  void take_sections();
  void settle_section(const std::pair<std::string, std::string>& section,
                      const std::vector<Entry>& entries);
  void take_rights(Level by);

  // Epochs and their keys (epochs.cpp).
  void note_what_must_be_cited();
  void take_epochs();
  bool take_epoch(const Counted& counted, const wire::record::EpochMade& made);
  bool cites_enough(const wire::record::EpochMade& made, const Covered& covered) const;
  bool may_all_read(const Counted& maker, const wire::record::EpochMade& made,
                    const wire::record::EpochMade::Part& part) const;
  void take_copies();

  /// Calls `action(counted, record)` for each counted record of one kind; it returns whether the
  /// record had an effect.
  template <class Record, class Action>
  void each(const Action& action) {
    for (const Counted& counted : counted_) {
      const auto* record = std::get_if<Record>(&counted.at->record);
      if (record != nullptr && action(counted, *record)) ++out_.tally_.counted;
    }
  }

  Membership& out_;
  BytesView first_;
  const std::map<AuthorId, crypto::SigningPublicKey>& authors_;
  ControlLogs logs_;
  std::vector<Counted> counted_;  ///< by level, then by author and position
  std::size_t begun_ = 0;         ///< index in counted_ of the current level's first record
  std::map<DeviceId, std::vector<Certified>> certified_;  ///< of all levels
  std::map<DeviceId, Level> certified_by_;                ///< the highest level that certified it
  std::set<DeviceId> disagreed_;  ///< certified with different keys, at any level
  std::vector<const LocatedRecord*> must_be_cited_;  ///< by each epoch
  std::map<CompartmentId, Compartment> compartments_;
};

}  // namespace relais::access
