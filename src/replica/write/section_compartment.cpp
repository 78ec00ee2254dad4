#include "replica/write/section_compartment.h"

#include <algorithm>

#include "access/founding.h"
#include "base/limits.h"
#include "base/try.h"
#include "document/types.h"
#include "replica/write/epochs.h"
#include "replica/write/own_commit.h"

namespace relais::replica {
namespace {

/// A scope has the rules of a collection's name, but may be empty.
bool is_scope(std::string_view scope) {
  if (scope.empty()) return true;
  return scope.size() <= limits::kScopeBytes &&
         document::check_address({std::string(scope), "id"}).has_value();
}

Bytes placed_key(std::string_view collection, std::string_view section) {
  return store::meta_key(store::meta::kPlacedUnder)
      .append(collection)
      .append(1, '\0')
      .append(section);
}

/// The label to write a section under: the one that this device used before, while a rule names it;
/// else the one of the highest level's rules. docs/spec/access.md, "Sections".
Result<std::string> choose_label(const Core& core, std::string_view collection,
                                 std::string_view section) {
  const access::Labels* labels = core.control.membership.labels(collection, section);
  if (labels == nullptr) return std::string();
  if (labels->open.size() == 1) return labels->open.front();
  RELAIS_ASSIGN(const auto used,
                core.store->get(store::Family::meta, placed_key(collection, section)));
  const bool stands = used && std::binary_search(labels->open.begin(), labels->open.end(), *used);
  if (stands) return *used;
  if (labels->highest.size() == 1) return labels->highest.front();
  return Error(ErrorCode::mapping_conflict,
               "Two rules for this section contradict each other: an owner has to choose one.");
}

/// Records the label, so that the device keeps to it if a rule contradicts it later.
Status remember_label(Core& core, std::string_view collection, std::string_view section,
                      const std::string& label) {
  const Bytes key = placed_key(collection, section);
  RELAIS_ASSIGN(const auto used, core.store->get(store::Family::meta, key));
  if (used == label) return {};
  store::Batch batch;
  batch.put(store::Family::meta, key, label);
  return core.commit(batch, store::Durability::buffered);
}

/// Fails: as find_compartment.
Status check_may_make(const Core& core, std::string_view scope) {
  const access::Membership& membership = core.control.membership;
  const access::Device* self = membership.device(core.identity.device());
  if (self == nullptr || self->level > access::Level::owner) {
    return Error(ErrorCode::not_authorised,
                 "The space has no part for that scope yet: an owner has to write there first.");
  }
  if (!is_scope(scope)) {
    return Error(ErrorCode::invalid_argument,
                 "A scope's name is at most " + std::to_string(limits::kScopeBytes) +
                     " bytes of UTF-8 without '/' and control characters.");
  }
  return {};
}

Status make_compartment(Core& core, std::string_view scope, const std::string& label) {
  RELAIS_ASSIGN(const auto records, access::records_for_new_compartment(
                                        core.environment.random, core.control.membership,
                                        std::string(scope), label, control_heads(core)));
  return write_control(core, records);
}

}  // namespace

std::vector<SectionRule> section_rules(const access::Membership& membership) {
  std::vector<SectionRule> rules;
  for (const auto& [section, labels] : membership.labels()) {
    for (const std::string& label : labels.open) {
      rules.push_back({section.first, section.second, label, labels.closed});
    }
  }
  return rules;
}

Status check_section(const Core& core, std::string_view collection, std::string_view section) {
  if (core.control.membership.takes_section(collection, section)) return {};
  return Error(ErrorCode::unknown_section,
               "The collection is closed, and no rule names the section: check its spelling.",
               Retry::after_user_acts);
}

Result<CompartmentId> find_compartment(const Core& core, std::string_view scope,
                                       std::string_view collection, std::string_view section) {
  RELAIS_ASSIGN(const std::string label, choose_label(core, collection, section));
  const CompartmentId id = log::compartment_id(core.identity.space, scope, label);
  if (core.control.membership.compartment(id) == nullptr) RELAIS_TRY(check_may_make(core, scope));
  return id;
}

Result<CompartmentId> ensure_compartment(Core& core, std::string_view scope,
                                         std::string_view collection, std::string_view section) {
  RELAIS_ASSIGN(const std::string label, choose_label(core, collection, section));
  const CompartmentId id = log::compartment_id(core.identity.space, scope, label);
  if (core.control.membership.compartment(id) == nullptr) {
    RELAIS_TRY(check_may_make(core, scope));
    RELAIS_TRY(make_compartment(core, scope, label));
    if (core.control.membership.compartment(id) == nullptr) {
      return Error(ErrorCode::not_authorised, "The space's part for that scope couldn't be made.");
    }
  }
  RELAIS_TRY(ensure_epoch(core, id));
  RELAIS_TRY(remember_label(core, collection, section, label));
  return id;
}

}  // namespace relais::replica
