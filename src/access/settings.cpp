#include <algorithm>

#include "access/derivation.h"
#include "base/limits.h"

/// Compartments, sections and rights: docs/spec/access.md, "Records".
namespace relais::access {
namespace {

bool fits(std::string_view text, std::size_t limit) { return text.size() <= limit; }

bool says_something(const wire::record::SectionMapped& mapped) {
  const bool section_of_nothing = mapped.collection.empty() && !mapped.section.empty();
  return !section_of_nothing && !mapped.label.empty() && fits(mapped.label, limits::kLabelBytes) &&
         fits(mapped.collection, limits::kCollectionBytes) &&
         fits(mapped.section, limits::kPathStepBytes);
}

void insert_sorted(std::vector<std::string>& labels, const std::string& label) {
  const auto at = std::lower_bound(labels.begin(), labels.end(), label);
  if (at == labels.end() || *at != label) labels.insert(at, label);
}

}  // namespace

void Derivation::take_first_record() {
  // For the tally alone: what counts is `first_`, whose own bytes gave the space its id.
  each<wire::record::SpaceCreated>([&](const Counted& counted, const auto&) {
    return counted.place->seq == 1 && counted.level == Level::root &&
           wire::encode(counted.place->record) == first_;
  });
}

/// All that any entitled author makes. The limit runs along each author's own log, so that nobody
/// can use up another's.
void Derivation::take_compartments() {
  std::map<AuthorId, std::set<CompartmentId>> by_author;
  each<wire::record::CompartmentCreated>([&](const Counted& counted, const auto& created) {
    if (counted.level > Level::supervisor || created.label.empty() ||
        !fits(created.label, limits::kLabelBytes) || !fits(created.scope, limits::kScopeBytes)) {
      return false;
    }
    const auto id = log::compartment_id(out_.space_, created.scope, created.label);
    auto& made = by_author[counted.place->author];
    if (made.size() >= limits::kCompartmentsPerAuthor && !made.contains(id)) return false;
    made.insert(id);
    return compartments_.emplace(id, Compartment{id, created.scope, created.label}).second;
  });
  for (auto& [id, compartment] : compartments_) out_.compartments_.push_back(compartment);
}

void Derivation::take_sections() {
  std::map<std::pair<std::string, std::string>, std::vector<Entry>> entries;
  std::map<AuthorId, std::size_t> by_author;
  each<wire::record::SectionMapped>([&](const Counted& counted, const auto& mapped) {
    if (counted.level > Level::supervisor || !says_something(mapped)) return false;
    if (by_author[counted.place->author]++ >= limits::kSectionsPerAuthor) return false;
    entries[{mapped.collection, mapped.section}].emplace_back(&counted, &mapped);
    return true;
  });
  for (const auto& [place, of_place] : entries) settle_section(place, of_place);
}

/// An entry is replaced by another of the same place that covers it, of no lower level.
void Derivation::settle_section(const std::pair<std::string, std::string>& place,
                                const std::vector<Entry>& entries) {
  std::vector<Covered> covered;
  covered.reserve(entries.size());
  for (const auto& [counted, mapped] : entries) {
    covered.push_back(logs_.covered(*counted->place, mapped->cited));
  }
  Labels& labels = out_.labels_[place];
  Level highest = Level::courier;
  for (const auto& [counted, mapped] : entries) {
    insert_sorted(labels.filed, mapped->label);
    bool replaced = false;
    for (std::size_t i = 0; i < entries.size() && !replaced; ++i) {
      replaced = entries[i].first->level <= counted->level &&
                 covers(covered[i], counted->place->author, counted->place->seq);
    }
    if (replaced) continue;
    insert_sorted(labels.open, mapped->label);
    if (counted->level < highest) labels.highest.clear();
    highest = std::min(highest, counted->level);
    if (counted->level == highest) insert_sorted(labels.highest, mapped->label);
  }
}

/// Grants reach strictly below their author; a supervisor grants where it may itself.
void Derivation::take_rights(Level by) {
  each<wire::record::RightsGranted>([&](const Counted& counted, const auto& granted) {
    const Device* device = out_.device(granted.device);
    if (counted.level != by || device == nullptr || device->level <= by ||
        device->level == Level::courier || out_.compartment(granted.compartment) == nullptr) {
      return false;
    }
    const bool may_grant = by < Level::supervisor ||
                           (out_.rights(counted.device, granted.compartment) & wire::kGrant) != 0;
    std::uint32_t given = granted.rights & kAllRights;
    if (!may_grant || given == 0) return false;
    if ((given & wire::kWrite) != 0) given |= wire::kRead;
    std::uint32_t& rights = out_.rights_[{granted.device, granted.compartment}];
    const bool adds = (rights | given) != rights;
    rights |= given;
    return adds;
  });
}

}  // namespace relais::access
