#include <map>
#include <optional>
#include <set>

#include "base/try.h"
#include "replica/names_document.h"
#include "replica/projection/awaited.h"
#include "replica/read/read_view.h"
#include "replica/read/verification.h"

namespace relais::replica {
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
  ReadView reader(core, *core.store);
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

void warn_of_authors(const Core& core, StatusReport& report) {
  const access::Membership& membership = core.control.membership;
  for (const auto& [key, authors] : core.authors.all()) {
    const auto standing = access::authors_standing(membership, key, authors.size());
    if (standing == access::AuthorsStanding::fine) continue;
    const std::string device = "The device " + to_hex(log::device_id(key).view());
    report.warnings.push_back(
        standing == access::AuthorsStanding::many
            ? device + " was restored or copied " + std::to_string(authors.size()) +
                  " times: let it join anew before nothing it writes is taken any more."
            : device +
                  " was restored or copied too often: nothing it writes is taken any more. It must "
                  "join anew.");
  }
}

void warn_of_membership(const Core& core, StatusReport& report) {
  const access::Membership& membership = core.control.membership;
  if (const std::size_t conflicts = membership.mapping_conflicts().size(); conflicts > 0) {
    report.warnings.push_back(
        "Rules contradict each other about where a section is kept (sections: " +
        std::to_string(conflicts) + "): an owner has to choose.");
  }
  for (const auto& [id, device] : membership.devices()) {
    const std::string name = "The device " + to_hex(id.view());
    if (device.keys_clash) {
      report.warnings.push_back(name +
                                " was admitted with two sets of keys: nobody meets it until an "
                                "owner admits it once more.");
    }
    if (device.levels_clash) {
      report.warnings.push_back(name +
                                " was admitted at two levels: the weaker counts until an owner "
                                "admits it once more.");
    }
  }
}

Status warn_of_name(const Core& core, StatusReport& report) {
  RELAIS_ASSIGN(const auto name, given_name(*core.store));
  if (!name) return {};
  report.warnings.push_back(
      "The others don't know this device's name: it may not write where names are kept.");
  return {};
}

Status list_awaited(Core& core, StatusReport& report) {
  using Key = std::pair<std::optional<DeviceId>, StatusReport::Awaited::Why>;
  RELAIS_ASSIGN(const auto logs, awaited(*core.store, core.logs));
  std::map<Key, std::uint64_t> by_device;
  for (const Awaited& log : logs) {
    const store::LogRow* row = core.logs.find(log.log);
    const auto device =
        row == nullptr ? std::nullopt : std::optional(log::device_id(row->device_key));
    by_device[{device, log.why}] += log.changes;
  }
  for (const auto& [key, changes] : by_device) {
    report.awaited.push_back({key.first, key.second, changes});
  }
  return {};
}

/// Of each device with a log that is known to have two histories, and of each that seems to.
void warn_of_forks(const Core& core, StatusReport& report) {
  std::set<DeviceId> forked;
  for (const auto& [no, proof] : core.logs.forks()) {
    forked.insert(log::device_id(core.logs.find(no)->device_key));
  }
  for (const auto& each : report.awaited) {
    if (each.why != StatusReport::Awaited::Why::other_history) continue;
    report.warnings.push_back(
        "The device " + to_hex(each.device->view()) +
        " seems to have written two histories of one log. Changes that wait for the one that "
        "isn't here: " +
        std::to_string(each.changes) +
        ". Sync with the devices that wrote them: then it is proven which log is left out.");
  }
  for (const DeviceId& device : forked) {
    report.warnings.push_back("The device " + to_hex(device.view()) +
                              " wrote two histories of one log, as a copied folder does. Each "
                              "device shows one of them, and takes no more of it: let it join "
                              "anew, and write again what is missing.");
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
    if (id.compartment == core.control_compartment() || row.head.seq == 0) continue;
    ++report.logs;
    report.changes += row.head.seq;
  }
  RELAIS_TRY(count_documents(core, report));
  warn_of_authors(core, report);
  warn_of_membership(core, report);
  RELAIS_TRY(warn_of_name(core, report));
  RELAIS_TRY(list_awaited(core, report));
  warn_of_forks(core, report);
  RELAIS_ASSIGN(report.waiting,
                count(*core.store, Family::index, Bytes(1, store::index::kWaiting)));
  RELAIS_ASSIGN(report.set_aside,
                count(*core.store, Family::index, Bytes(1, store::index::kSetAside)));
  RELAIS_ASSIGN(report.held_pieces, count(*core.store, Family::held, {}));
  return report;
}

}  // namespace relais::replica
