#include "simulator/holdings.h"

#include <algorithm>

#include "replica/read/listing.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "support/every_read.h"
#include "support/projection_dump.h"

namespace relais::simulator {

using store::Family;

void Holdings::gather(Node& node, Grounds& grounds) {
  replica::Core& core = node.device.core();
  const std::lock_guard lock(core.mutex);
  auto lines = testing::projection_lines(core);
  for (const access::Compartment& compartment : core.control.membership.compartments()) {
    const Field field{{compartment.scope, "cases", ""}, compartment.label};
    if (!context_.nodes.may_read(node, field)) continue;
    Ground ground;
    ground.name = node.device.name();
    for (const auto& [id, row] : core.logs.rows()) {
      const bool matters =
          id.compartment == compartment.id || id.compartment == core.control_compartment();
      if (matters && row.head.seq > 0) ground.logs[id] = row.head;
      if (matters && core.frozen.contains(row.no)) ground.frozen.insert(id);
    }
    for (const access::Epoch* epoch :
         core.control.keyring.held(core.control.membership, compartment.id)) {
      ground.keys.push_back(epoch->id);
    }
    ground.projection = std::move(lines[compartment.id]);
    grounds[compartment.id].push_back(std::move(ground));
  }
}

/// Logs with one history are the same on all their readers.
void Holdings::check_logs(const std::vector<Ground>& grounds) {
  const auto with_one_history = [&](const Ground& ground) {
    auto logs = ground.logs;
    std::erase_if(logs, [&](const auto& log) {
      return context_.world.hand_written.contradictory.contains(log.first);
    });
    return logs;
  };
  const auto expected = with_one_history(grounds.front());
  for (const Ground& ground : grounds) {
    if (with_one_history(ground) == expected) continue;
    context_.oracles.violation(ground.name + " and " + grounds.front().name +
                               " don't hold the same logs");
  }
}

void Holdings::check_projections(const std::vector<Ground>& grounds) {
  std::vector<const Ground*> different;
  for (const Ground& ground : grounds) {
    const auto alike = std::find_if(different.begin(), different.end(), [&](const Ground* other) {
      return other->logs == ground.logs && other->keys == ground.keys &&
             other->frozen == ground.frozen;
    });
    if (alike == different.end()) {
      different.push_back(&ground);
    } else {
      compare(ground, **alike);
    }
  }
  if (different.size() > 1) context_.world.counts.add("sometimes: devices hold two histories");
}

void Holdings::compare(const Ground& one, const Ground& other) {
  for (const std::string& line : one.projection) {
    if (line.find(" waiting") != std::string::npos) {
      context_.world.counts.add("sometimes: changes wait at rest");
      break;
    }
  }
  if (one.projection == other.projection) {
    context_.world.counts.add("compartments compared as a whole");
    return;
  }
  std::vector<std::string> differ;
  std::set_symmetric_difference(one.projection.begin(), one.projection.end(),
                                other.projection.begin(), other.projection.end(),
                                std::back_inserter(differ));
  context_.oracles.violation(
      one.name + " and " + other.name +
      " hold the same logs, and not the same of them: " + differ.front().substr(0, 300));
}

/// An accepted document can be stored and read again.
void Holdings::check_documents(Node& node) {
  replica::Core& core = node.device.core();
  const auto iterator = core.store->scan(Family::documents, {}, {});
  for (; iterator->valid(); iterator->next()) {
    const auto name = store::parse_document_key(iterator->key());
    const auto record = store::decode_document_record(iterator->value());
    const auto state =
        record ? core.documents.state(core.control, *core.store, iterator->key(), *record)
               : Result<document::State>(record.error());
    const std::string where = node.device.name() + ": " +
                              (name ? name->address.collection + "/" + name->address.id : "?");
    if (!state) {
      context_.oracles.violation(where + " can't be made: " + state.error().message());
      continue;
    }
    const bool is_read_in_full = name && name->address.id.starts_with("x");
    std::string fault = document::fault_of_bytes(*state);
    if (is_read_in_full) fault += document::fault_of_reads(*state);
    if (!fault.empty()) context_.oracles.violation(where + ": " + fault.substr(0, 300));
    context_.world.counts.add("documents decoded again");
  }
}

void Holdings::check_export(Node& node) {
  replica::Core& core = node.device.core();
  const std::lock_guard lock(core.mutex);
  const auto tell = [&](const Result<std::vector<Unreadable>>& unreadable, const char* what) {
    if (!unreadable) {
      return context_.oracles.violation(node.device.name() +
                                        " can't export: " + unreadable.error().message());
    }
    for (const Unreadable& one : *unreadable) {
      context_.oracles.violation(node.device.name() + " can't " + what + ": " + one.document.id +
                                 ": " + one.error.message());
    }
  };
  tell(replica::each_document(replica::Snapshot(core),
                              [](const DocumentId&, std::string_view) { return true; }),
       "export");
  tell(replica::each_conflict(replica::Snapshot(core), [](const ConflictView&) { return true; }),
       "list conflicts");
  const auto status = replica::status(replica::Snapshot(core));
  if (!status) {
    return context_.oracles.violation(node.device.name() +
                                      " can't say how it is: " + status.error().message());
  }
  if (status->set_aside > 0) context_.world.counts.add("sometimes: changes are set aside at rest");
  if (status->waiting > 0) context_.world.counts.add("sometimes: changes wait at rest");
}

void Holdings::check() {
  Grounds grounds;
  for (Node* node : context_.nodes.members()) {
    gather(*node, grounds);
    check_documents(*node);
    check_export(*node);
  }
  for (const auto& [compartment, of] : grounds) {
    check_logs(of);
    check_projections(of);
  }
}

void Holdings::check_forwarded(Node& last, Node& inviter) {
  Grounds grounds;
  gather(last, grounds);
  gather(inviter, grounds);
  for (const auto& [compartment, of] : grounds) {
    if (of.size() != 2 || of[0].logs != of[1].logs) {
      context_.oracles.violation("who came last didn't get all that its inviter holds");
      continue;
    }
    if (of[0].keys != of[1].keys) {
      context_.oracles.violation("who came last didn't get all keys that its inviter holds");
      continue;
    }
    // A proof that depends on blocks of the other history is not forwarded.
    if (of[0].frozen == of[1].frozen) compare(of[0], of[1]);
    context_.world.counts.add("sometimes: who comes last gets all that is held");
  }
  check_documents(last);
  check_export(last);
}

}  // namespace relais::simulator
