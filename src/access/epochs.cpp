#include <algorithm>

#include "access/derivation.h"
#include "access/keyring.h"
#include "base/limits.h"

/// Derivation: epochs. docs/spec/access.md, "Epochs".
namespace relais::access {
namespace {

bool is_recipient(const wire::record::EpochMade::Part& part, std::size_t device) {
  return (static_cast<std::uint8_t>(part.recipients[device / 8]) >> (device % 8) & 1) != 0;
}

}  // namespace

/// Collects the records that take rights away: an epoch that doesn't cite them is closed. In this
/// version, certificates of different levels for one device.
void Derivation::note_what_must_be_cited() {
  for (const auto& [id, certified] : certified_) {
    const auto differs = [&all = certified](const Certified& each) {
      return each.body.level != all.front().body.level;
    };
    const auto decided = certified_by_.find(id);
    if (decided == certified_by_.end() ||
        std::none_of(certified.begin(), certified.end(), differs)) {
      continue;
    }
    for (const Certified& each : certified) {
      if (each.by == decided->second) must_be_cited_.push_back(each.at);
    }
  }
}

void Derivation::take_epochs() {
  note_what_must_be_cited();
  std::map<AuthorId, std::size_t> by_author;
  each<wire::record::EpochMade>([&](const Counted& counted, const auto& made) {
    if (by_author[counted.at->author]++ >= limits::kEpochsPerAuthor) return false;
    return take_epoch(counted, made);
  });
}

bool Derivation::take_epoch(const Counted& counted, const wire::record::EpochMade& made) {
  const auto covered = std::make_shared<const Covered>(logs_.covered(*counted.at, made.cited));
  const bool complete =
      std::all_of(made.cited.begin(), made.cited.end(),
                  [&](const wire::Citation& citation) { return logs_.holds(citation); });
  const bool enough = cites_enough(made, *covered);
  bool any = false;
  for (const auto& part : made.parts) {
    const bool control = part.compartment == out_.control_;
    if (control ? counted.level > Level::supervisor
                : out_.compartment(part.compartment) == nullptr) {
      continue;
    }
    const EpochId id = epoch_id(part.commitment);
    Epoch& epoch = out_.epochs_[id];
    if (epoch.makings.empty()) {
      epoch.id = id;
      epoch.compartment = part.compartment;
      epoch.commitment = part.commitment;
    }
    // Two commitments with one id cost their maker 2^64 hashes. No device writes under either.
    const bool clash = epoch.commitment != part.commitment || epoch.compartment != part.compartment;
    epoch.ambiguous = epoch.ambiguous || clash;
    epoch.makings.push_back({counted.at->author, counted.at->seq, counted.level,
                             enough && may_all_read(counted, made, part), complete, covered});
    any = true;
  }
  return any;
}

bool Derivation::cites_enough(const wire::record::EpochMade& made, const Covered& covered) const {
  const auto& named = made.over_limit;
  return std::all_of(
             must_be_cited_.begin(), must_be_cited_.end(),
             [&](const LocatedRecord* at) { return covers(covered, at->author, at->seq); }) &&
         std::all_of(out_.over_limit_.begin(), out_.over_limit_.end(), [&](const DeviceId& device) {
           const Device* known = out_.device(device);
           return known == nullptr || known->level > Level::supervisor ||
                  std::binary_search(named.begin(), named.end(), device);
         });
}

bool Derivation::may_all_read(const Counted& maker, const wire::record::EpochMade& made,
                              const wire::record::EpochMade::Part& part) const {
  if (!out_.may_read(maker.device, part.compartment)) return false;
  for (std::size_t i = 0; i < made.devices.size(); ++i) {
    if (is_recipient(part, i) && !out_.may_read(made.devices[i], part.compartment)) return false;
  }
  return true;
}

/// Copies of any author count: a copy with another key fails its commitment.
void Derivation::take_copies() {
  each<wire::record::KeysSealed>([&](const Counted& counted, const auto& sealed) {
    const auto epoch = out_.epochs_.find(sealed.epoch);
    if (epoch == out_.epochs_.end() || sealed.copies.empty()) return false;
    for (const auto& copy : sealed.copies) {
      epoch->second.copies.push_back({copy.device, counted.at->author, copy.box});
    }
    return true;
  });
  for (auto& [id, epoch] : out_.epochs_) {
    auto& copies = epoch.copies;
    std::sort(copies.begin(), copies.end());
    copies.erase(std::unique(copies.begin(), copies.end()), copies.end());
  }
}

}  // namespace relais::access
