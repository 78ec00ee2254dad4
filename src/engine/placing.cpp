#include "engine/placing.h"

#include "access/founding.h"
#include "base/limits.h"
#include "base/try.h"
#include "document/types.h"
#include "engine/own_commit.h"

namespace relais::engine {
namespace {

/// A scope obeys the rules of a collection's name, and may be empty.
bool is_scope(std::string_view scope) {
  if (scope.empty()) return true;
  return scope.size() <= limits::kScopeBytes &&
         document::check_address({std::string(scope), "id"}).has_value();
}

}  // namespace

Result<CompartmentId> place_section(Core& core, std::string_view scope, std::string_view collection,
                                    std::string_view section) {
  const access::Membership& membership = core.control.membership;
  const std::string label = membership.label_of(collection, section);
  const CompartmentId id = log::compartment_id(core.identity.space, scope, label);
  if (membership.compartment(id) != nullptr) return id;
  const access::Device* self = membership.device(core.identity.device());
  if (self == nullptr || self->level > access::Level::owner) {
    return Error(ErrorCode::not_authorised,
                 "The space has no part for that scope yet: an owner has to write there first.");
  }
  if (!is_scope(scope)) {
    return Error(ErrorCode::invalid_argument,
                 "a scope's name is at most " + std::to_string(limits::kScopeBytes) +
                     " bytes of UTF-8 without '/' and control characters");
  }
  RELAIS_ASSIGN(const auto records, access::records_for_new_compartment(
                                        core.environment.random, membership, std::string(scope),
                                        label, control_heads(core)));
  RELAIS_TRY(write_control(core, records));
  if (core.control.membership.compartment(id) == nullptr) {
    return Error(ErrorCode::not_authorised, "The space's part for that scope couldn't be made.");
  }
  return id;
}

}  // namespace relais::engine
