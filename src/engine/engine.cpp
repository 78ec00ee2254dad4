#include "engine/engine.h"

#include <condition_variable>
#include <optional>

#include "base/try.h"
#include "engine/import.h"
#include "engine/marker.h"
#include "link/address.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/names_document.h"
#include "replica/read/changed.h"
#include "replica/read/status.h"
#include "replica/write/edit.h"
#include "store/rocksdb/rocksdb_store.h"

namespace relais::engine {
namespace {

constexpr std::chrono::minutes kLongestInvitation = std::chrono::hours(24 * 365 * 10);

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

/// A creation that was interrupted before its first commit isn't damage.
Status check_begun(const store::Store& store, const std::string& folder) {
  const auto first = store.scan(store::Family::meta, {}, {});
  if (first->valid() || !first->status()) return {};
  return Error(ErrorCode::store_missing,
               "The creation of the store at " + folder + " was cut short. Create it again.");
}

/// At opening, any record that can't be read is damage to the store.
Error opening_error(Error error, const std::string& folder) {
  if (error.code() != ErrorCode::corrupt && error.code() != ErrorCode::store_corrupt) return error;
  return Error(ErrorCode::store_corrupt,
               "The store at " + folder + " is damaged: its records can't be read.");
}

}  // namespace

Engine::Engine(std::unique_ptr<World> world, std::unique_ptr<replica::Core> core,
               std::shared_ptr<runtime::AsioLoop> loop, const Options& options)
    : world_(std::move(world)),
      core_(std::move(core)),
      device_(core_->identity.device()),
      threading_(options.threading),
      loop_(std::move(loop)),
      handlers_(std::make_shared<Handlers>(*loop_, options.executor, options.log)),
      observers_(handlers_),
      network_(std::make_shared<Network>(
          *core_, *loop_, [this](const InboundSession& session) { inbound_ended(session); })) {
  network_ref_ = network_;
  watch_core();
  watch_invitations();
}

Result<std::shared_ptr<Engine>> Engine::open(const std::string& folder, const Options& options) {
  crypto::initialise();
  RELAIS_ASSIGN(auto loop, runtime::AsioLoop::make(options.threading));
  RELAIS_ASSIGN(auto store, store::open_rocksdb(folder, store::OpenMode::existing));
  RELAIS_TRY(check_begun(*store, folder));
  auto world = std::make_unique<World>();
  auto core = replica::open_replica(std::move(store), world->environment, folder_marker(folder));
  if (!core) return opening_error(std::move(core).error(), folder);
  RELAIS_TRY(replica::save_given_name(**core));
  return std::shared_ptr<Engine>(
      new Engine(std::move(world), std::move(*core), std::move(loop), options));
}

Engine::~Engine() {
  if (!calls_.close()) return;
  tear_down();
  (void)release();
}

Status Engine::close() {
  if (!calls_.close()) return {};
  if (Calls::in_edit()) {
    // This thread holds the mutex that links need to end, so they end after the edit.
    calls_.when_left([self = shared_from_this()] {
      self->tear_down();
      (void)self->release();
    });
    return {};
  }
  tear_down();
  const auto flushed = std::make_shared<Status>();
  calls_.when_left([flushed, self = shared_from_this()] { *flushed = self->release(); });
  return *flushed;
}

void Engine::tear_down() {
  constexpr std::chrono::milliseconds kBetweenLooks(5);
  if (!loop_->is_own_thread()) loop_->stop();
  network_.reset();
  handlers_->close();
  // Calls may wait for tasks that they posted to the loop.
  while (!calls_.wait_for_others(kBetweenLooks) || !handlers_->wait_for_others(kBetweenLooks)) {
    loop_->drain();
  }
  loop_->drain();  // a task that holds an operation holds the loop too
  if (loop_->is_own_thread()) loop_->stop();
}

Status Engine::release() {
  if (core_ == nullptr) return {};
  const Status flushed = core_->store->failed() ? Status() : core_->store->sync();
  core_.reset();
  return flushed;
}

void Engine::watch_core() {
  core_->on_commit = [this](const std::vector<replica::Touched>& touched) {
    if (!observers_.any()) return;
    // The mutex is held, so the changes are read later, in the loop.
    loop_->post([this, touched] { tell_changes(touched); });
  };
  core_->on_membership = [this] { tell(Event::Kind::membership_changed); };
  core_->on_stopped = [this] { tell(Event::Kind::stopped); };
}

void Engine::tell_changes(const std::vector<replica::Touched>& touched) {
  if (core_ == nullptr) return;
  const replica::Snapshot snapshot(*core_);
  Event event;
  for (const replica::Touched& document : touched) {
    for (DocumentChange& change : replica::changes_of(snapshot, document)) {
      event.documents.push_back(std::move(change));
    }
  }
  if (!event.documents.empty()) observers_.tell(event);
}

void Engine::tell(Event::Kind kind) {
  loop_->post([this, kind] {
    Event event;
    event.kind = kind;
    observers_.tell(event);
  });
}

void Engine::inbound_ended(const InboundSession& session) {
  Event event;
  if (session.joined) {
    event.kind = Event::Kind::device_joined;
    event.device = *session.joined;
    observers_.tell(event);
  }
  if (session.result && !session.joined) {
    event.kind = Event::Kind::sync_finished;
    event.report = public_report(*session.result, device_);
    event.device = event.report.peer;
  } else if (!session.result) {
    event.kind = Event::Kind::sync_failed;
    event.error_code = session.result.error().code();
    handlers_->log(LogLevel::debug,
                   "An inbound connection failed: " + session.result.error().message());
  } else {
    return;
  }
  observers_.tell(event);
}

void Engine::watch_invitations() {
  loop_->post([network = network_ref_] {
    if (const auto alive = network.lock()) alive->watch_invitations();
  });
}

Result<Written> Engine::write(const std::function<Status(Transaction&)>& edit) {
  RELAIS_TRY(Calls::check_outside_edit());
  const std::lock_guard lock(core_->mutex);
  RELAIS_TRY(core_->check_running());
  replica::Edit edits(*core_);
  Transaction transaction(edits);
  {
    const Calls::Edit inside;
    RELAIS_TRY(edit(transaction));
  }
  if (calls_.is_closed()) return Error(ErrorCode::closed, "The replica was closed.");
  return edits.commit();
}

Result<ImportReport> Engine::import_ndjson(std::string_view lines, const ImportOptions& options) {
  RELAIS_TRY(Calls::check_outside_edit());
  return engine::import_ndjson(*core_, lines, options, threading_,
                               [this] { return calls_.is_closed(); });
}

Result<Identity> Engine::identity() const {
  const auto control = core_->published_control();
  const access::Device* self = control->membership.device(device_);
  Identity identity{core_->identity.space, device_, Level::member};
  if (self != nullptr) identity.level = replica::public_level(self->level);
  return identity;
}

Result<std::string> Engine::invite(const InviteOptions& options) {
  RELAIS_TRY(Calls::check_outside_edit());
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
                 "An invitation must be valid for at least one minute.");
  }
  if (options.valid > kLongestInvitation) {
    return Error(ErrorCode::invalid_argument, "An invitation can be valid for at most ten years.");
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

/// Runs a task in the loop's thread and waits for it. Fails: as the task; closed; would_deadlock
/// inside an edit.
template <class T>
Result<T> Engine::run_in_loop(std::function<Result<T>(Network&)> task) {
  RELAIS_TRY(Calls::check_outside_edit());
  const auto run = [task, network = network_ref_]() -> Result<T> {
    const auto alive = network.lock();
    if (alive == nullptr) return Error(ErrorCode::closed, "The replica was closed.");
    return task(*alive);
  };
  if (loop_->in_loop_thread()) return run();
  struct Waiting {
    std::mutex mutex;
    std::condition_variable ended;
    std::optional<Result<T>> result;
  };
  const auto waiting = std::make_shared<Waiting>();
  loop_->post([waiting, run] {
    auto result = run();
    const std::lock_guard lock(waiting->mutex);
    waiting->result = std::move(result);
    waiting->ended.notify_all();
  });
  std::unique_lock lock(waiting->mutex);
  waiting->ended.wait(lock, [&] { return waiting->result.has_value(); });
  return *std::move(waiting->result);
}

Result<Server> Engine::listen(const std::string& address) {
  RELAIS_ASSIGN(const link::Address at, link::parse_address(address));
  RELAIS_ASSIGN(std::string real,
                run_in_loop<std::string>([at](Network& network) { return network.listen(at); }));
  const auto stop = [weak = weak_from_this(), real](void*) {
    const auto engine = weak.lock();
    if (engine == nullptr) return;
    const auto call = engine->begin_call();
    if (!call) return;  // closing stops the server
    const auto stop_listening = [real](Network& network) -> Result<bool> {
      network.stop_listening(real);
      return true;
    };
    if (engine->run_in_loop<bool>(stop_listening)) return;
    // Inside an edit this thread can't wait for the loop.
    engine->loop_->post([network = engine->network_ref_, real] {
      if (const auto alive = network.lock()) alive->stop_listening(real);
    });
  };
  return Server{Subscription(std::shared_ptr<void>(nullptr, stop)), std::move(real)};
}

std::shared_ptr<SyncOperation> Engine::begin_sync(const link::Address& with,
                                                  const SyncOptions& options) {
  const CallId id = next_call_++;
  const std::weak_ptr<Engine> weak = weak_from_this();
  const auto cancel = [weak, id] {
    const auto engine = weak.lock();
    if (engine == nullptr || !engine->begin_call()) return;
    engine->loop_->post([network = engine->network_ref_, id] {
      const auto alive = network.lock();
      if (alive) alive->cancel(id, Error(ErrorCode::cancelled, "The sync was cancelled."));
    });
  };
  auto operation = std::make_shared<SyncOperation>(loop_, handlers_, cancel);
  operation->ask_for_progress([id, network = network_ref_] {
    if (const auto alive = network.lock()) alive->tell_progress(id);
  });
  const Instant begun = world_->clock.now().monotonic;
  loop_->post([this, id, with, operation, begun, limit = options.limit, network = network_ref_] {
    const auto alive = network.lock();
    if (alive == nullptr) {
      return operation->end(Error(ErrorCode::closed, "The replica was closed."));
    }
    Network::SyncWatch watch;
    watch.on_progress = [operation](const SyncProgress& now) { operation->set_progress(now); };
    watch.on_end = [this, operation, begun](Result<peer::Report> result) {
      if (!result) return operation->end(std::move(result).error());
      SyncReport report = public_report(*result, device_);
      report.duration = world_->clock.now().monotonic - begun;
      operation->end(std::move(report));
    };
    alive->sync(id, with, limit, std::move(watch));
  });
  return operation;
}

Result<SyncReport> Engine::sync(const std::string& address, const SyncOptions& options) {
  RELAIS_ASSIGN(const link::Address with, link::parse_address(address));
  RELAIS_TRY(SyncOperation::check_may_wait(*loop_));
  return begin_sync(with, options)->wait_with_progress(options.on_progress);
}

Operation<SyncReport> Engine::start_sync(const std::string& address, const SyncOptions& options) {
  auto with = link::parse_address(address);
  if (!with) {
    auto failed = std::make_shared<SyncOperation>(loop_, handlers_, [] {});
    failed->end(std::move(with).error());
    return Operation<SyncReport>(std::move(failed));
  }
  auto operation = begin_sync(*with, options);
  if (options.on_progress) operation->tell_progress(options.on_progress);
  return Operation<SyncReport>(std::move(operation));
}

void Engine::poll(std::chrono::milliseconds longest) {
  // Inside an edit the loop would wait for the mutex that the edit holds.
  if (threading_ == Threading::manual && !Calls::in_edit()) loop_->poll_for(longest);
}

}  // namespace relais::engine
