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
  // Only for the tally: `first_` is what counts, because the space's id is its hash.
  each<wire::record::SpaceCreated>([&](const Counted& counted, const auto&) {
    return counted.at->seq == 1 && counted.level == Level::root &&
           wire::encode(counted.at->record) == first_;
  });
}

/// Adds the compartments of every entitled author. The limit is per author, so that no author can
/// exhaust another's.
void Derivation::take_compartments() {
  std::map<AuthorId, std::set<CompartmentId>> by_author;
  each<wire::record::CompartmentCreated>([&](const Counted& counted, const auto& created) {
    if (counted.level > Level::supervisor || created.label.empty() ||
        !fits(created.label, limits::kLabelBytes) || !fits(created.scope, limits::kScopeBytes)) {
      return false;
    }
    const auto id = log::compartment_id(out_.space_, created.scope, created.label);
    auto& made = by_author[counted.at->author];
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
    if (by_author[counted.at->author]++ >= limits::kSectionsPerAuthor) return false;
    entries[{mapped.collection, mapped.section}].emplace_back(&counted, &mapped);
    return true;
  });
  for (const auto& [section, its] : entries) settle_section(section, its);
}

/// An entry is replaced by another one for the same section that covers it and has no lower level.
void Derivation::settle_section(const std::pair<std::string, std::string>& section,
                                const std::vector<Entry>& entries) {
  std::vector<Covered> covered;
  covered.reserve(entries.size());
  for (const auto& [counted, mapped] : entries) {
    covered.push_back(logs_.covered(*counted->at, mapped->cited));
  }
  Labels& labels = out_.labels_[section];
  Level highest = Level::courier;
  for (const auto& [counted, mapped] : entries) {
    insert_sorted(labels.filed, mapped->label);
    bool replaced = false;
    for (std::size_t i = 0; i < entries.size() && !replaced; ++i) {
      replaced = entries[i].first->level <= counted->level &&
                 covers(covered[i], counted->at->author, counted->at->seq);
    }
    if (replaced) continue;
    insert_sorted(labels.open, mapped->label);
    labels.closed = labels.closed || (mapped->closed && mapped->section.empty());
    if (counted->level < highest) labels.highest.clear();
    highest = std::min(highest, counted->level);
    if (counted->level == highest) insert_sorted(labels.highest, mapped->label);
  }
}

/// A grant applies only to devices strictly below its author; a supervisor grants only in
/// compartments where it has the right itself.
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
