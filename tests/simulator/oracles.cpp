#include "simulator/oracles.h"

#include <algorithm>

#include "base/limits.h"
#include "replica/read/verification.h"

namespace relais::simulator {

void Oracles::violation(const std::string& what) {
  world_.trace.line(world_.events.now(), "VIOLATION: " + what);
  if (violations_.size() < 20) violations_.push_back(what);
}

void Oracles::check_device(Node& node) {
  auto& checked = checked_[&node];
  auto known = checked.begin();
  for (const auto& [id, row] : node.device.core().logs.rows()) {
    while (known != checked.end() && known->first < id) ++known;
    if (known == checked.end() || known->first != id) {
      known = checked.emplace_hint(known, id, log::Head{});
      check_entitled(node, id.compartment);
    }
    if (known->second == row.head) continue;
    known->second = row.head;
    check_head(node, row);
  }
}

void Oracles::check_head(Node& node, const store::LogRow& row) {
  if (world_.hand_written.contradictory.contains(row.id)) return;  // it may have two histories
  const auto [known, fresh] = heads_.try_emplace({row.id, row.head.seq}, row.head.hash);
  if (!fresh && known->second != row.head.hash) {
    violation(node.device.name() + " holds another history of a log than somebody else");
  }
}

void Oracles::check_salt(Node& node, const store::LogRow& row) {
  const replica::Core& core = node.device.core();
  const auto run = core.logs.run(row.no, row.head.seq);
  if (run == nullptr) return violation(node.device.name() + " has lost a run's header");
  const std::string opening = node.device.name() + " " + std::to_string(node.device.boots());
  const auto [known, fresh] = salts_.try_emplace({row.id, *run}, opening);
  if (!fresh && known->second != opening) {
    violation(node.device.name() + " wrote on under a salt of an opening before");
  }
}

void Oracles::check_entitled(Node& node, const CompartmentId& id) {
  const auto* compartment = node.device.core().control.membership.compartment(id);
  if (compartment == nullptr) return;
  const Field field{{compartment->scope, "cases", ""}, compartment->label};
  if (nodes_.may_read(node, field)) return;
  violation(node.device.name() + " holds a log it may not read");
}

void Oracles::check_wire(BytesView bytes) {
  if (bytes.find(kCanary) != BytesView::npos)
    violation("what a user wrote crossed a link in plain");
}

Oracles::OwnHeads Oracles::own_heads(Node& node) {
  const replica::Core& core = node.device.core();
  OwnHeads heads;
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.author == core.identity.author()) heads[{id.author, id.compartment}] = row.head.seq;
  }
  return heads;
}

void Oracles::acknowledged(Node& node, const OwnHeads& before) {
  const replica::Core& core = node.device.core();
  const OwnHeads now = own_heads(node);
  if (now == before) return;  // nothing was committed, so nothing became durable
  OwnHeads& durable = durable_[&node];
  for (const auto& [at, seq] : now) {
    durable[at] = seq;
    const auto stood = before.find(at);
    const bool written = stood == before.end() || seq > stood->second;
    if (!written || at.second == core.control_compartment()) continue;
    check_salt(node, *core.logs.find(log::LogId{at.second, at.first}));
  }
}

void Oracles::check_durable(Node& node) {
  const replica::Core& core = node.device.core();
  for (const auto& [at, seq] : durable_[&node]) {
    const store::LogRow* row = core.logs.find(log::LogId{at.second, at.first});
    if (row != nullptr && row->head.seq >= seq) continue;
    violation(node.device.name() + " lost an acknowledged write");
  }
}

void Oracles::check_states() {
  States states;
  for (Node* node : nodes_.members()) {
    for (const std::string& scope : nodes_.records().scopes) {
      for (std::uint64_t i = 0; i < nodes_.records().cases_per_scope; ++i) {
        const DocumentId document{scope, "cases", std::to_string(i)};
        // Below it there may be two histories: Holdings checks it.
        if (nodes_.records().spoiled.contains(document)) continue;
        check_states_of(*node, document, states);
      }
    }
  }
}

void Oracles::check_states_of(Node& node, const DocumentId& document, States& states) {
  replica::Core& core = node.device.core();
  const auto parts = replica::ReadView(core.reading()).parts(document);
  if (!parts) {
    return violation(node.device.name() + " can't read a document: " + parts.error().message());
  }
  for (const std::string& label : nodes_.records().labels) {
    if (!nodes_.may_read(node, {document, label})) continue;
    const CompartmentId id = log::compartment_id(core.identity.space, document.scope, label);
    const auto part = std::find_if(parts->begin(), parts->end(), [&](const replica::Part& each) {
      return each.compartment == id;
    });
    compare(node, document.scope + "/" + document.id + "/" + label,
            part == parts->end() ? Bytes() : part->state.canonical(), states);
  }
}

void Oracles::compare(Node& node, const std::string& what, const Bytes& state, States& states) {
  world_.trace.mix(state);
  const auto [known, first] = states.try_emplace(what, state, node.device.name());
  if (first || known->second.first == state) return;
  violation(what + " is not the same on " + node.device.name() + " and " + known->second.second);
}

/// With many nodes, each field is read on some of its readers: check_states has shown that all hold
/// the same.
void Oracles::check_model() {
  static constexpr std::size_t kReaders = 24;
  const auto members = nodes_.members();
  for (std::size_t i = 0; i < members.size(); ++i) {
    Node& node = *members[i];
    const auto reads = [&](const Field& field) {
      const std::uint64_t turn = testing::hash_of(field.document.id + " " + field.path, i);
      return nodes_.may_read(node, field) && turn % members.size() < kReaders;
    };
    nodes_.model().check(
        reads, [&](const Field& field) { return read_field(node.device, field); },
        [&](const std::string& what) { violation(node.device.name() + ": " + what); });
  }
}

void Oracles::check_verifies(Node& node) {
  replica::Core& core = node.device.core();
  const std::lock_guard lock(core.mutex);
  const auto report = replica::verify(replica::Snapshot(core));
  if (!report) return violation(node.device.name() + " can't verify: " + report.error().message());
  for (const std::string& problem : report->problems) {
    violation(node.device.name() + " doesn't verify: " + problem);
  }
}

void Oracles::check_canaries(Node& node) {
  replica::Core& core = node.device.core();
  std::vector<std::string> forbidden;
  for (const std::string& scope : nodes_.records().scopes) {
    for (const std::string& label : nodes_.records().labels) {
      if (!nodes_.may_read(node, {{scope, "cases", ""}, label})) {
        forbidden.push_back(canary_of(scope, label));
      }
    }
  }
  for (std::size_t i = 0; i < store::kFamilyCount; ++i) {
    const auto iterator = core.store->scan(static_cast<store::Family>(i), {}, {});
    for (; iterator->valid(); iterator->next()) {
      for (const std::string& canary : forbidden) {
        if (iterator->value().find(canary) == BytesView::npos) continue;
        violation(node.device.name() + " holds in plain what it may not read");
      }
    }
  }
}

void Oracles::check_rest() {
  checked_.clear();
  for (Node* node : nodes_.members()) {
    check_device(*node);
    check_durable(*node);
    check_verifies(*node);
    check_canaries(*node);
  }
  check_states();
  check_model();
  for (const auto& [what, times] : world_.counts.all()) {
    if (what.starts_with("violation: ")) violation(what.substr(11));
  }
}

}  // namespace relais::simulator
