#include "replica/read/status.h"

#include <map>
#include <optional>
#include <set>

#include "base/try.h"
#include "replica/identity.h"
#include "replica/known_authors.h"
#include "replica/names_document.h"
#include "replica/projection/awaited.h"
#include "replica/read/document_names.h"
#include "replica/read/read_view.h"

namespace relais::replica {
namespace {

using store::Family;

Result<std::uint64_t> count(const store::Reads& store, Family family, const Bytes& prefix) {
  std::uint64_t found = 0;
  const auto cursor = store.scan_prefix(family, prefix);
  for (; cursor->valid(); cursor->next()) ++found;
  RELAIS_TRY(cursor->status());
  return found;
}

Status count_documents(const ReadSource& from, StatusReport& report) {
  RELAIS_TRY(each_name(from, [&](const DocumentId&) -> Result<bool> {
    ++report.documents;
    return true;
  }));
  ReadView reader(from);
  return each_conflicting(from, [&](const DocumentId& document) -> Result<bool> {
    RELAIS_ASSIGN(const std::size_t conflicts, reader.count_conflicts(document));
    report.conflicts += conflicts != 0 ? 1 : 0;
    return true;
  });
}

void list_members(const ReadSource& from, StatusReport& report) {
  const access::Membership& membership = from.control.membership;
  for (const auto& [id, device] : membership.devices()) {
    const bool self = id == report.device;
    if (self) report.level = public_level(device.level);
    report.members.push_back({id, device_name(from, id), public_level(device.level), self});
  }
  for (const access::Compartment& compartment : membership.compartments()) {
    report.compartments.push_back(
        {compartment.scope, compartment.label, membership.may_read(report.device, compartment.id)});
  }
}

void warn_of_authors(const access::Membership& membership, const KnownAuthors& known,
                     StatusReport& report) {
  for (const auto& [key, authors] : known.all()) {
    const auto standing = access::authors_standing(membership, key, authors.size());
    if (standing == access::AuthorsStanding::fine) continue;
    const std::string device = "The device " + to_hex(log::device_id(key).view());
    report.warnings.push_back(
        standing == access::AuthorsStanding::many
            ? device + " was restored or copied " + std::to_string(authors.size()) +
                  " times: let it join again as a new device before its changes are refused."
            : device +
                  " was restored or copied too often, and its changes are refused: let it join "
                  "again as a new device.");
  }
}

void warn_of_membership(const access::Membership& membership, StatusReport& report) {
  if (const std::size_t conflicts = membership.mapping_conflicts().size(); conflicts > 0) {
    report.warnings.push_back(
        "Rules contradict each other about where a section is kept (sections: " +
        std::to_string(conflicts) + "): an owner has to choose.");
  }
  for (const auto& [id, device] : membership.devices()) {
    const std::string name = "The device " + to_hex(id.view());
    if (device.keys_clash) {
      report.warnings.push_back(name +
                                " was admitted with two sets of keys: no device syncs with it "
                                "until an owner admits it again.");
    }
    if (device.levels_clash) {
      report.warnings.push_back(name +
                                " was admitted at two levels: the weaker counts until an owner "
                                "admits it again.");
    }
  }
}

Status warn_of_name(const store::Reads& store, StatusReport& report) {
  RELAIS_ASSIGN(const auto name, given_name(store));
  if (!name) return {};
  report.warnings.push_back(
      "Other devices don't know this device's name: it may not write where names are kept.");
  return {};
}

Status list_awaited(const store::Reads& store, const store::LogTable& table, StatusReport& report) {
  using Key = std::pair<std::optional<DeviceId>, StatusReport::Awaited::Why>;
  RELAIS_ASSIGN(const auto logs, awaited(store, table));
  std::map<Key, std::uint64_t> by_device;
  for (const Awaited& log : logs) {
    const store::LogRow* row = table.find(log.log);
    const auto device =
        row == nullptr ? std::nullopt : std::optional(log::device_id(row->device_key));
    by_device[{device, log.why}] += log.changes;
  }
  for (const auto& [key, changes] : by_device) {
    report.awaited.push_back({key.first, key.second, changes});
  }
  return {};
}

/// Warns of each device with a forked log, and of each that seems to have one.
void warn_of_forks(const store::LogTable& table, StatusReport& report) {
  std::set<DeviceId> forked;
  for (const auto& [no, proof] : table.forks()) {
    forked.insert(log::device_id(table.find(no)->device_key));
  }
  for (const auto& each : report.awaited) {
    if (each.why != StatusReport::Awaited::Why::other_history) continue;
    report.warnings.push_back(
        "The device " + to_hex(each.device->view()) +
        " seems to have written two histories of one log. Changes that wait for the history "
        "that isn't here: " +
        std::to_string(each.changes) + ". Sync with the devices that wrote them to get a proof.");
  }
  for (const DeviceId& device : forked) {
    report.warnings.push_back("The device " + to_hex(device.view()) +
                              " wrote two histories of one log, as a copied folder does. Each "
                              "device has one of them, and takes in no more of it: let the device "
                              "join again as a new device, and write again what is missing.");
  }
}

}  // namespace

Level public_level(access::Level level) {
  switch (level) {
    case access::Level::root: return Level::root;
    case access::Level::owner: return Level::owner;
    case access::Level::supervisor: return Level::supervisor;
    case access::Level::member: return Level::member;
    case access::Level::courier: break;
  }
  return Level::courier;
}

Result<StatusReport> status(const Snapshot& snapshot) {
  const ReadSource from = snapshot.source();
  RELAIS_ASSIGN(const auto table, store::LogTable::load(from.store));
  RELAIS_ASSIGN(const auto identity, load_identity(from.store));
  StatusReport report;
  report.space = from.space;
  report.device = identity.device();
  report.author = identity.author();
  report.space_name = space_name(from);
  report.device_name = device_name(from, report.device);
  list_members(from, report);
  for (const auto& [id, row] : table.rows()) {
    if (id.compartment == log::control_compartment(from.space) || row.head.seq == 0) continue;
    ++report.logs;
    report.changes += row.head.seq;
  }
  RELAIS_TRY(count_documents(from, report));
  warn_of_authors(from.control.membership, KnownAuthors(table), report);
  warn_of_membership(from.control.membership, report);
  RELAIS_TRY(warn_of_name(from.store, report));
  RELAIS_TRY(list_awaited(from.store, table, report));
  warn_of_forks(table, report);
  RELAIS_ASSIGN(report.waiting, count(from.store, Family::index, Bytes(1, store::index::kWaiting)));
  RELAIS_ASSIGN(report.set_aside,
                count(from.store, Family::index, Bytes(1, store::index::kSetAside)));
  RELAIS_ASSIGN(report.held_pieces, count(from.store, Family::held, {}));
  return report;
}

}  // namespace relais::replica
