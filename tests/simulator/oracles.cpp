#include "simulator/oracles.h"

#include <algorithm>

#include "base/limits.h"
#include "replica/read/verification.h"

namespace relais::simulator {

void Oracles::violation(const std::string& what) {
  world_.trace.line(world_.events.now(), "VIOLATION: " + what);
  if (violations_.size() < 20) violations_.push_back(what);
}

void Oracles::check_device(Resident& resident) {
  auto& checked = checked_[&resident];
  auto known = checked.begin();
  for (const auto& [id, row] : resident.device.core().logs.rows()) {
    while (known != checked.end() && known->first < id) ++known;
    if (known == checked.end() || known->first != id) {
      known = checked.emplace_hint(known, id, log::Head{});
      check_entitled(resident, id.compartment);
    }
    if (known->second == row.head) continue;
    known->second = row.head;
    check_head(resident, row);
  }
}

void Oracles::check_head(Resident& resident, const store::LogRow& row) {
  if (world_.suspects.liars.contains(row.id)) return;  // it may have two
  const auto [known, fresh] = heads_.try_emplace({row.id, row.head.seq}, row.head.hash);
  if (!fresh && known->second != row.head.hash) {
    violation(resident.device.name() + " holds another history of a log than somebody else");
  }
}

void Oracles::check_salt(Resident& resident, const store::LogRow& row) {
  const replica::Core& core = resident.device.core();
  const auto run = core.logs.run(row.no, row.head.seq);
  if (run == nullptr) return violation(resident.device.name() + " has lost a run's header");
  const std::string opening =
      resident.device.name() + " " + std::to_string(resident.device.boots());
  const auto [known, fresh] = salts_.try_emplace({row.id, *run}, opening);
  if (!fresh && known->second != opening) {
    violation(resident.device.name() + " wrote on under a salt of an opening before");
  }
}

void Oracles::check_entitled(Resident& resident, const CompartmentId& id) {
  const auto* compartment = resident.device.core().control.membership.compartment(id);
  if (compartment == nullptr) return;
  const Field field{{compartment->scope, "cases", ""}, compartment->label};
  if (residents_.may_read(resident, field)) return;
  violation(resident.device.name() + " holds a log it may not read");
}

void Oracles::check_wire(BytesView bytes) {
  if (bytes.find(kCanary) != BytesView::npos)
    violation("what a user wrote crossed a link in plain");
}

Oracles::OwnHeads Oracles::own_heads(Resident& resident) {
  const replica::Core& core = resident.device.core();
  OwnHeads heads;
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.author == core.identity.author()) heads[{id.author, id.compartment}] = row.head.seq;
  }
  return heads;
}

void Oracles::acknowledged(Resident& resident, const OwnHeads& before) {
  const replica::Core& core = resident.device.core();
  OwnHeads& durable = durable_[&resident];
  for (const auto& [at, seq] : own_heads(resident)) {
    durable[at] = seq;
    const auto stood = before.find(at);
    const bool written = stood == before.end() || seq > stood->second;
    if (!written || at.second == core.control_compartment()) continue;
    check_salt(resident, *core.logs.find(log::LogId{at.second, at.first}));
  }
}

void Oracles::check_durable(Resident& resident) {
  const replica::Core& core = resident.device.core();
  for (const auto& [at, seq] : durable_[&resident]) {
    const store::LogRow* row = core.logs.find(log::LogId{at.second, at.first});
    if (row != nullptr && row->head.seq >= seq) continue;
    violation(resident.device.name() + " lost an acknowledged write");
  }
}

void Oracles::check_states() {
  States states;
  for (Resident* resident : residents_.members()) {
    for (const std::string& scope : residents_.records().scopes) {
      for (std::uint64_t i = 0; i < residents_.records().cases_per_scope; ++i) {
        const DocumentId document{scope, "cases", std::to_string(i)};
        // Of two histories somewhere below it: Holdings looks at it.
        if (residents_.records().spoiled.contains(document)) continue;
        check_states_of(*resident, document, states);
      }
    }
  }
}

void Oracles::check_states_of(Resident& resident, const DocumentId& document, States& states) {
  replica::Core& core = resident.device.core();
  const auto parts = replica::ReadView(core.reading()).parts(document);
  if (!parts) {
    return violation(resident.device.name() + " can't read a document: " + parts.error().message());
  }
  for (const std::string& label : residents_.records().labels) {
    if (!residents_.may_read(resident, {document, label})) continue;
    const CompartmentId id = log::compartment_id(core.identity.space, document.scope, label);
    const auto part = std::find_if(parts->begin(), parts->end(), [&](const replica::Part& each) {
      return each.compartment == id;
    });
    compare(resident, document.scope + "/" + document.id + "/" + label,
            part == parts->end() ? Bytes() : part->state.canonical(), states);
  }
}

void Oracles::compare(Resident& resident, const std::string& what, const Bytes& state,
                      States& states) {
  world_.trace.mix(state);
  const auto [known, first] = states.try_emplace(what, state, resident.device.name());
  if (first || known->second.first == state) return;
  violation(what + " is not the same on " + resident.device.name() + " and " +
            known->second.second);
}

/// Where there are many, some of those who may read a field read it, others the next: check_states
/// has shown that all hold the same.
void Oracles::check_model() {
  static constexpr std::size_t kReaders = 24;
  const auto members = residents_.members();
  for (std::size_t i = 0; i < members.size(); ++i) {
    Resident& resident = *members[i];
    const auto reads = [&](const Field& field) {
      const std::uint64_t turn = testing::hash_of(field.document.id + " " + field.path, i);
      return residents_.may_read(resident, field) && turn % members.size() < kReaders;
    };
    residents_.model().check(
        reads, [&](const Field& field) { return read_field(resident.device, field); },
        [&](const std::string& what) { violation(resident.device.name() + ": " + what); });
  }
}

void Oracles::check_verifies(Resident& resident) {
  replica::Core& core = resident.device.core();
  const std::lock_guard lock(core.mutex);
  const auto report = replica::verify(replica::Snapshot(core));
  if (!report)
    return violation(resident.device.name() + " can't verify: " + report.error().message());
  for (const std::string& problem : report->problems) {
    violation(resident.device.name() + " doesn't verify: " + problem);
  }
}

void Oracles::check_canaries(Resident& resident) {
  replica::Core& core = resident.device.core();
  std::vector<std::string> forbidden;
  for (const std::string& scope : residents_.records().scopes) {
    for (const std::string& label : residents_.records().labels) {
      if (!residents_.may_read(resident, {{scope, "cases", ""}, label})) {
        forbidden.push_back(canary_of(scope, label));
      }
    }
  }
  for (std::size_t i = 0; i < store::kFamilyCount; ++i) {
    const auto cursor = core.store->scan(static_cast<store::Family>(i), {}, {});
    for (; cursor->valid(); cursor->next()) {
      for (const std::string& canary : forbidden) {
        if (cursor->value().find(canary) == BytesView::npos) continue;
        violation(resident.device.name() + " holds in plain what it may not read");
      }
    }
  }
}

void Oracles::check_rest() {
  checked_.clear();
  for (Resident* resident : residents_.members()) {
    check_device(*resident);
    check_durable(*resident);
    check_verifies(*resident);
    check_canaries(*resident);
  }
  check_states();
  check_model();
  for (const auto& [what, times] : world_.counts.all()) {
    if (what.starts_with("violation: ")) violation(what.substr(11));
  }
}

}  // namespace relais::simulator
