#include "engine/engine.h"

#include <future>

#include "base/try.h"
#include "engine/import.h"
#include "engine/marker.h"
#include "link/address.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/names_document.h"
#include "replica/write/edit.h"
#include "store/rocksdb/rocksdb_store.h"

namespace relais::engine {
namespace {

SyncReport public_report(const peer::Report& report, const DeviceId& own) {
  SyncReport out;
  out.peer = report.peer;
  out.itself = report.peer == own;
  out.round_trips = report.round_trips;
  out.handshake_bytes = report.handshake_bytes;
  out.bytes_sent = report.bytes_sent;
  out.bytes_received = report.bytes_received;
  out.segments_sent = report.segments_sent;
  out.segments_received = report.segments_received;
  out.changes_sent = report.changes_sent;
  out.changes_received = report.changes_received;
  out.changes_held_back = report.changes_held_back;
  out.forked_logs = report.forked.size();
  out.mismatched_logs = report.mismatched.size();
  out.in_sync = report.in_sync;
  return out;
}

/// A creation that was cut off between making the store and its first commit is no damage.
Status check_begun(const store::Store& store, const std::string& folder) {
  const auto first = store.scan(store::Family::meta, {}, {});
  if (first->valid() || !first->status()) return {};
  return Error(ErrorCode::store_missing,
               "The creation of the store at " + folder + " was cut short. Create it again.");
}

/// Whatever can't be read of what has to be read is damage to the store.
Error opening_error(Error error, const std::string& folder) {
  if (error.code() != ErrorCode::corrupt && error.code() != ErrorCode::store_corrupt) return error;
  return Error(ErrorCode::store_corrupt,
               "The store at " + folder + " is damaged: its records can't be read.");
}

}  // namespace

Engine::Engine(std::unique_ptr<World> world, std::unique_ptr<replica::Core> core,
               const Options& options)
    : world_(std::move(world)),
      core_(std::move(core)),
      device_(core_->identity.device()),
      threading_(options.threading),
      loop_(std::make_unique<runtime::AsioLoop>(options.threading)),
      observers_(std::make_unique<Observers>(*loop_, options.executor)),
      network_(std::make_shared<Network>(
          *core_, *loop_, [this](const InboundSession& visit) { inbound_ended(visit); })) {
  watch_core();
  watch_invitations();
}

Engine::~Engine() {
  loop_->stop();
  network_.reset();
}

Result<std::unique_ptr<Engine>> Engine::open(const std::string& folder, const Options& options) {
  crypto::initialise();
  RELAIS_ASSIGN(auto store, store::open_rocksdb(folder, store::OpenMode::existing));
  RELAIS_TRY(check_begun(*store, folder));
  auto world = std::make_unique<World>();
  auto core = replica::open_replica(std::move(store), world->environment, folder_marker(folder));
  if (!core) return opening_error(std::move(core).error(), folder);
  RELAIS_TRY(replica::save_given_name(**core));
  return std::unique_ptr<Engine>(new Engine(std::move(world), std::move(*core), options));
}

void Engine::watch_core() {
  core_->on_commit = [this](const std::vector<replica::Touched>& touched) {
    if (!observers_->any()) return;
    for (const replica::Touched& changed : touched) {
      const auto* compartment = core_->control.membership.compartment(changed.compartment);
      const document::Address& address = changed.address;
      if (compartment == nullptr || address.collection.front() == replica::kReservedPrefix)
        continue;
      Event event;
      event.kind = Event::Kind::document_changed;
      event.document = {compartment->scope, address.collection, address.id};
      observers_->tell(event);
    }
  };
  core_->on_membership = [this] {
    Event event;
    event.kind = Event::Kind::membership_changed;
    observers_->tell(event);
  };
  core_->on_stopped = [this] {
    Event event;
    event.kind = Event::Kind::stopped;
    observers_->tell(event);
  };
}

void Engine::inbound_ended(const InboundSession& visit) {
  Event event;
  if (visit.joined) {
    event.kind = Event::Kind::device_joined;
    event.device = *visit.joined;
    observers_->tell(event);
  }
  if (visit.result && !visit.joined) {
    event.kind = Event::Kind::sync_finished;
    event.report = public_report(*visit.result, device_);
    event.device = event.report.peer;
  } else if (!visit.result) {
    event.kind = Event::Kind::sync_failed;
    event.error_code = visit.result.error().code();
  } else {
    return;
  }
  observers_->tell(event);
}

void Engine::watch_invitations() {
  loop_->post([network = std::weak_ptr<Network>(network_)] {
    if (const auto alive = network.lock()) alive->watch_invitations();
  });
}

Status Engine::write(const std::function<Status(Transaction&)>& edit) {
  const std::lock_guard lock(core_->mutex);
  RELAIS_TRY(core_->check_running());
  replica::Edit edits(*core_);
  Transaction transaction(edits);
  RELAIS_TRY(edit(transaction));
  return edits.commit();
}

Result<ImportReport> Engine::import_ndjson(std::string_view lines, const ImportOptions& options) {
  return engine::import_ndjson(*core_, lines, options, threading_);
}

Result<std::string> Engine::invite(const InviteOptions& options) {
  const std::lock_guard lock(core_->mutex);
  RELAIS_TRY(core_->check_running());
  const access::Membership& membership = core_->control.membership;
  const access::Device* self = membership.device(core_->identity.device());
  if (self == nullptr || self->level > access::Level::owner) {
    return Error(ErrorCode::not_authorised, "Only an owner's device can invite.");
  }
  RELAIS_TRY(replica::check_own_authors(*core_));
  if (options.valid <= std::chrono::minutes(0)) {
    return Error(ErrorCode::invalid_argument,
                 "An invitation has to be valid for a minute or more.");
  }
  replica::OpenInvitation open;
  for (const access::Compartment& compartment : membership.compartments()) {
    const bool wanted =
        options.labels.empty() || std::find(options.labels.begin(), options.labels.end(),
                                            compartment.label) != options.labels.end();
    if (wanted) open.compartments.push_back(compartment.id);
  }
  if (open.compartments.empty()) {
    return Error(ErrorCode::invalid_argument, "The space has no part with such a label.");
  }
  open.invitation = access::make_invitation(world_->random, core_->identity.space,
                                            world_->clock.now().wall, options.valid);
  RELAIS_TRY(replica::save_invitation(*core_, open));
  watch_invitations();
  return access::to_text(open.invitation);
}

/// Runs a task in the loop's thread, and waits for it.
template <class Task>
void Engine::run_in_loop(Task&& task) {
  if (loop_->in_loop_thread()) return task();
  std::promise<void> done;
  loop_->post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

Result<Server> Engine::listen(const std::string& address) {
  RELAIS_ASSIGN(const link::Address at, link::parse_address(address));
  std::optional<Result<std::string>> listening;
  run_in_loop([&] { listening.emplace(network_->listen(at)); });
  RELAIS_ASSIGN(std::string real, std::move(*listening));
  const std::weak_ptr<Network> network = network_;
  std::shared_ptr<void> running(nullptr, [network, real, loop = loop_.get()](void*) {
    const auto alive = network.lock();
    if (!alive) return;
    loop->post([network, real] {
      if (const auto still = network.lock()) still->stop_listening(real);
    });
  });
  return Server{Subscription(std::move(running)), std::move(real)};
}

Result<SyncReport> Engine::sync(const std::string& address,
                                const std::function<void(const SyncProgress&)>& progress) {
  RELAIS_ASSIGN(const link::Address with, link::parse_address(address));
  const Instant begun = world_->clock.now().monotonic;
  auto ended = std::make_shared<std::promise<Result<peer::Report>>>();
  auto future = ended->get_future();
  loop_->post([this, with, ended] {
    network_->sync(with,
                   [ended](Result<peer::Report> result) { ended->set_value(std::move(result)); });
  });
  constexpr std::chrono::milliseconds kBetweenProgress(100);
  const auto is_ready = [&](std::chrono::milliseconds wait) {
    return future.wait_for(wait) == std::future_status::ready;
  };
  while (!is_ready(threading_ == Threading::own ? kBetweenProgress : Duration(0))) {
    if (threading_ == Threading::manual) loop_->poll_for(kBetweenProgress);
    if (!progress) continue;
    std::optional<peer::Progress> now;
    bool busy = false;
    run_in_loop([&] {
      now = network_->progress();
      busy = network_->waits_for_peer();
    });
    if (busy) progress({0, 0, 0, 0, true});
    if (now) progress({now->received, now->to_receive, now->sent, now->to_send, false});
  }
  RELAIS_ASSIGN(const peer::Report report, future.get());
  SyncReport out = public_report(report, device_);
  out.duration = world_->clock.now().monotonic - begun;
  return out;
}

void Engine::poll(std::chrono::milliseconds longest) {
  if (threading_ == Threading::manual) loop_->poll_for(longest);
}

}  // namespace relais::engine
