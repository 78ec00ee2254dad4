#include "base/try.h"
#include "engine/names_document.h"
#include "engine/reader.h"
#include "engine/verification.h"

namespace relais::engine {
namespace {

using store::Family;

std::string level_name(access::Level level) {
  switch (level) {
    case access::Level::root: return "root";
    case access::Level::owner: return "owner";
    case access::Level::supervisor: return "supervisor";
    case access::Level::member: return "member";
    case access::Level::courier: return "courier";
  }
  return "unknown";
}

Result<std::uint64_t> count(const store::Reads& store, Family family, const Bytes& prefix) {
  std::uint64_t found = 0;
  const auto cursor = store.scan_prefix(family, prefix);
  for (; cursor->valid(); cursor->next()) ++found;
  RELAIS_TRY(cursor->status());
  return found;
}

Status count_documents(Core& core, StatusReport& report) {
  RELAIS_TRY(each_name(core, *core.store, [&](const DocumentId&) -> Result<bool> {
    ++report.documents;
    return true;
  }));
  Reader reader(core, *core.store);
  return each_conflicting(core, *core.store, [&](const DocumentId& document) -> Result<bool> {
    RELAIS_ASSIGN(const std::size_t conflicts, reader.count_conflicts(document));
    report.conflicts += conflicts != 0 ? 1 : 0;
    return true;
  });
}

void list_members(Core& core, StatusReport& report) {
  const access::Membership& membership = core.control.membership;
  for (const auto& [id, device] : membership.devices()) {
    const bool self = id == report.device;
    if (self) report.level = level_name(device.level);
    report.members.push_back({id, device_name(core, id), level_name(device.level), self});
  }
  for (const access::Compartment& compartment : membership.compartments()) {
    report.compartments.push_back(
        {compartment.scope, compartment.label, membership.may_read(report.device, compartment.id)});
  }
}

}  // namespace

Result<StatusReport> status(Core& core) {
  StatusReport report;
  report.space = core.identity.space;
  report.device = core.identity.device();
  report.author = core.identity.author();
  report.space_name = space_name(core);
  report.device_name = device_name(core, report.device);
  list_members(core, report);
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.compartment == core.control_compartment()) continue;
    ++report.logs;
    report.changes += row.head.seq;
  }
  RELAIS_TRY(count_documents(core, report));
  RELAIS_ASSIGN(report.waiting,
                count(*core.store, Family::index, Bytes(1, store::index::kWaiting)));
  RELAIS_ASSIGN(report.set_aside,
                count(*core.store, Family::index, Bytes(1, store::index::kSetAside)));
  RELAIS_ASSIGN(report.held_pieces, count(*core.store, Family::held, {}));
  return report;
}

}  // namespace relais::engine
