#include <thread>

#include "access/founding.h"
#include "base/try.h"
#include "engine/import.h"
#include "replica/lifecycle/founding.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/read/read_view.h"
#include "replica/read/verification.h"
#include "replica/write/edit.h"
#include "replica/write/own_commit.h"
#include "store/tables/keys.h"
#include "torture/work.h"

namespace relais::torture {
namespace {

constexpr char kMarker[] = "torture";
constexpr std::uint64_t kDocuments = 40;
constexpr std::uint64_t kStart = 1'750'000'000'000;

DocumentId document(const std::string& id) { return {"", "cases", id}; }

/// {"n": number, "pad": …}; what a document holds tells which write it was.
std::string json_of(std::uint64_t number, std::size_t padding) {
  return "{\"n\":" + std::to_string(number) + ",\"pad\":\"" + std::string(padding, 'x') + "\"}";
}

class EngineWork final : public Work {
 public:
  EngineWork(std::shared_ptr<WorkClock> clock, std::shared_ptr<testing::Chance> random,
             std::unique_ptr<replica::Core> core, Acknowledged& known,
             const testing::Chance& chance, bool early)
      : clock_(std::move(clock)),
        random_(std::move(random)),
        core_(std::move(core)),
        known_(known),
        chance_(chance),
        early_(early) {}

  Findings check() override {
    Findings found;
    for (const auto& [id, number] : known_.docs()) check_document(id, number, found);
    for (const auto& [place, hash] : known_.heads()) check_place(place, hash, found);
    const auto report = replica::verify(replica::Snapshot(*core_));
    if (!report) {
      found.note(found.problems, "verify fails: " + report.error().message());
    } else {
      for (const std::string& problem : report->problems) found.note(found.problems, problem);
    }
    if (known_.contradictions() != 0) found.note(found.reused_places, "a place was written twice");
    return found;
  }

  Status step() override {
    const std::uint64_t kind = chance_.below(20);
    if (kind == 0) return import(chance_.between(20, 60));
    if (kind == 1 && chance_.one_in(5)) return import(1100);  // more than one durable batch
    if (kind == 2) return seal();
    return write();
  }

  Status write() override {
    const std::lock_guard lock(core_->mutex);
    return edit();
  }

  /// Records the heads of all logs as durable.
  void acknowledge() {
    for (const auto& [id, row] : core_->logs.rows()) {
      known_.head(to_hex(id.compartment.view()), to_hex(id.author.view()), row.head.seq,
                  to_hex(row.head.hash.view()));
    }
    known_.acknowledge();
  }

 private:
  Status edit() {
    replica::Edit edit(*core_);
    const std::uint64_t number = known_.tried() + 1;
    known_.try_up_to(number);
    const std::size_t padding = chance_.below(chance_.one_in(8) ? 8000 : 200);
    std::vector<std::string> ids;
    for (std::uint64_t i = 0; i <= chance_.below(3); ++i) {
      ids.push_back("d" + std::to_string(chance_.below(kDocuments)));
      RELAIS_TRY(edit.put_json(document(ids.back()), "", json_of(number, padding)));
    }
    const auto acknowledge_docs = [&] {
      for (const std::string& id : ids) known_.doc(id, number);
      known_.acknowledge();
    };
    if (early_) {
      acknowledge_docs();
      std::this_thread::sleep_for(kEarly);
    }
    RELAIS_TRY(edit.commit());
    acknowledge_docs();
    acknowledge();
    return {};
  }

  Status import(std::int64_t documents) {
    const std::uint64_t number = known_.tried() + 1;
    known_.try_up_to(number);
    const std::uint64_t first = chance_.below(3) * 50;
    std::string lines;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(documents); ++i) {
      lines += "{\"collection\":\"cases\",\"id\":\"i" + std::to_string(first + i) +
               "\",\"doc\":" + json_of(number, chance_.below(60)) + "}\n";
    }
    RELAIS_TRY(engine::import_ndjson(*core_, lines, {}, Threading::own));
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(documents); ++i) {
      known_.doc("i" + std::to_string(first + i), number);
    }
    const std::lock_guard lock(core_->mutex);
    acknowledge();
    return {};
  }

  Status seal() {
    const std::lock_guard lock(core_->mutex);
    RELAIS_TRY(replica::seal_own_logs(*core_));
    acknowledge();
    return {};
  }

  void check_document(const std::string& id, std::uint64_t number, Findings& found) {
    const std::lock_guard lock(core_->mutex);
    const auto view = replica::ReadView(core_->reading()).field(document(id), "n");
    const auto* value =
        view && view->versions.size() == 1 ? view->versions[0].value.integer() : nullptr;
    const std::uint64_t holds = value == nullptr ? 0 : static_cast<std::uint64_t>(*value);
    if (holds < number) {
      found.note(found.lost_writes, "document " + id + " holds " + std::to_string(holds) +
                                        ", and " + std::to_string(number) + " was acknowledged");
    } else if (holds > known_.tried()) {
      found.note(found.problems, "document " + id + " holds what none wrote");
    }
  }

  void check_place(const Acknowledged::Place& place, const std::string& hash, Findings& found) {
    const auto& [compartment, author, seq] = place;
    const std::string name = "place " + std::to_string(seq) + " of a log ";
    for (const auto& [id, row] : core_->logs.rows()) {
      if (to_hex(id.compartment.view()) != compartment || to_hex(id.author.view()) != author) {
        continue;
      }
      if (row.head.seq < seq) return found.note(found.lost_places, name + "is beyond its end");
      const std::string here = hash_at(row, seq);
      if (here != hash) found.note(found.reused_places, name + "holds another block");
      return;
    }
    found.note(found.lost_places, name + "that is gone");
  }

  std::string hash_at(const store::LogRow& row, std::uint64_t seq) {
    if (row.head.seq == seq) return to_hex(row.head.hash.view());
    const auto next = core_->store->get(store::Family::log, store::block_key(row.no, seq + 1));
    if (!next || !*next) return "no block after it";
    const auto block = store::decode_block(**next);
    return block ? to_hex(block->before.view()) : "a damaged block after it";
  }

  std::shared_ptr<WorkClock> clock_;
  std::shared_ptr<testing::Chance> random_;
  std::unique_ptr<replica::Core> core_;
  Acknowledged& known_;
  testing::Chance chance_;
  const bool early_;
};

}  // namespace

Result<std::unique_ptr<Work>> work_with_engine(std::unique_ptr<store::Store> store,
                                               Acknowledged& known, const testing::Chance& chance,
                                               Control control) {
  store = weaken(std::move(store), control);
  // A stream that no earlier process had: two runs must never share a salt.
  auto random = std::make_shared<testing::Chance>(chance.split("random"));
  auto clock = std::make_shared<WorkClock>(kStart + known.tried() * 1000);
  const replica::Environment environment{*clock, *random};
  RELAIS_ASSIGN(const auto identity,
                store->get(store::Family::meta, store::meta_key(store::meta::kIdentity)));
  if (!identity && known.heads().empty()) {
    access::FoundingPlan plan;
    plan.compartments.push_back({"", "records"});
    plan.sections.push_back({"", "", "records"});
    RELAIS_TRY(replica::found_space(*store, environment, kMarker, plan));
  }
  RELAIS_ASSIGN(auto core, replica::open_replica(std::move(store), environment, kMarker));
  auto work = std::make_unique<EngineWork>(std::move(clock), std::move(random), std::move(core),
                                           known, chance, control == Control::early_ack);
  if (known.heads().empty()) work->acknowledge();
  return std::unique_ptr<Work>(std::move(work));
}

}  // namespace relais::torture
