#include "relais/replica.h"

#include "access/recovery.h"
#include "base/try.h"
#include "engine/engine.h"
#include "replica/names_document.h"
#include "replica/read/document_names.h"
#include "replica/read/history.h"
#include "replica/read/listing.h"
#include "replica/read/same_documents.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/write/section_compartment.h"

namespace relais {

using engine::Engine;

namespace {

Error closed() { return Error(ErrorCode::closed, "The replica was closed."); }

/// Fails: invalid_argument if the host's function is empty.
template <class Function>
Status check_callable(const Function& function, const char* what) {
  if (function) return {};
  return Error(ErrorCode::invalid_argument, std::string("The ") + what + " is an empty function.");
}

/// Runs `action(engine)` as a call of the host. Fails: closed.
template <class Action>
auto call(const std::shared_ptr<Engine>& engine, const Action& action)
    -> decltype(action(*engine)) {
  if (engine == nullptr) return closed();
  const std::shared_ptr<Engine> kept = engine;  // the action may destroy the replica
  RELAIS_ASSIGN(const auto inside, kept->begin_call());
  return action(*kept);
}

/// Runs `action(view)` on a snapshot of the replica. Fails: closed.
template <class View = replica::ReadView, class Action>
auto read(const std::shared_ptr<Engine>& engine, const Action& action)
    -> decltype(action(std::declval<View&>())) {
  return call(engine, [&](Engine& open) {
    const replica::Snapshot snapshot = open.snapshot();
    View view(snapshot.source());
    return action(view);
  });
}

}  // namespace

Subscription::Subscription() = default;
Subscription::Subscription(std::shared_ptr<void> held) : held_(std::move(held)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

Result<Created> Replica::create(const std::string& folder, const CreateOptions& create,
                                const Options& options) {
  return Engine::create(folder, create, options);
}

Result<Replica> Replica::open(const std::string& folder, const Options& options) {
  RELAIS_ASSIGN(auto engine, Engine::open(folder, options));
  return Engine::replica(std::move(engine));
}

Result<Replica> Replica::join(const std::string& folder, std::string_view invitation,
                              const std::string& address, const JoinOptions& join,
                              const Options& options) {
  RELAIS_ASSIGN(auto engine, Engine::join(folder, invitation, address, join, options));
  return Engine::replica(std::move(engine));
}

Replica::Replica(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&& other) noexcept {
  if (this == &other) return *this;
  (void)close();
  engine_ = std::move(other.engine_);
  return *this;
}
Replica::~Replica() { (void)close(); }

Status Replica::close() {
  const std::shared_ptr<Engine> engine = engine_;
  return engine == nullptr ? Status() : engine->close();
}

Result<Written> Replica::write(const std::function<Status(Transaction&)>& edit) {
  return call(engine_, [&](Engine& engine) -> Result<Written> {
    RELAIS_TRY(check_callable(edit, "edit"));
    return engine.write(edit);
  });
}

Result<std::string> Replica::json(const DocumentId& document) const {
  return read(engine_, [&](replica::ReadView& view) { return view.json(document); });
}

Result<FieldView> Replica::field(const DocumentId& document, std::string_view path) const {
  return read(engine_, [&](replica::ReadView& view) { return view.field(document, path); });
}

Result<FieldTree> Replica::tree(const DocumentId& document, std::string_view path) const {
  return read(engine_, [&](replica::ReadView& view) { return view.tree(document, path); });
}

Result<std::vector<ConflictView>> Replica::conflicts_of(const DocumentId& document) const {
  return read(engine_, [&](replica::ReadView& view) { return view.conflicts_of(document); });
}

Result<std::vector<VoidView>> Replica::voids(const DocumentId& document) const {
  return read(engine_, [&](replica::ReadView& view) { return view.voids(document); });
}

Result<Cursor> Replica::cursor(const DocumentId& document, std::string_view path,
                               std::size_t position, CursorSide side) const {
  return read(engine_,
              [&](replica::ReadView& view) { return view.cursor(document, path, position, side); });
}

Result<std::size_t> Replica::position(const DocumentId& document, std::string_view path,
                                      const Cursor& cursor) const {
  return read(engine_,
              [&](replica::ReadView& view) { return view.position(document, path, cursor); });
}

Result<MergedView> Replica::merged(const DocumentId& document) const {
  return call(engine_, [&](Engine& engine) {
    return replica::merged(engine.snapshot().source(), document);
  });
}

Result<std::vector<HistoryEntry>> Replica::history(const DocumentId& document,
                                                   std::string_view path) const {
  return read<replica::History>(
      engine_, [&](replica::History& history) { return history.history(document, path); });
}

Result<std::string> Replica::json(const DocumentId& document, const Moment& moment) const {
  return read<replica::History>(
      engine_, [&](replica::History& history) { return history.json(document, moment); });
}

Result<std::vector<FieldDifference>> Replica::differences(const DocumentId& document,
                                                          const Moment& from,
                                                          const Moment& to) const {
  return read<replica::History>(
      engine_, [&](replica::History& history) { return history.differences(document, from, to); });
}

Result<std::vector<DocumentId>> Replica::list(const ListOptions& options) const {
  return call(engine_,
              [&](Engine& engine) { return replica::list(engine.snapshot().source(), options); });
}

Result<std::vector<Collection>> Replica::collections() const {
  return call(engine_,
              [](Engine& engine) { return replica::collections(engine.snapshot().source()); });
}

Result<std::vector<Unreadable>> Replica::conflicts(
    const std::function<void(const ConflictView&)>& visit) const {
  return call(engine_, [&](Engine& engine) -> Result<std::vector<Unreadable>> {
    RELAIS_TRY(check_callable(visit, "visitor"));
    const auto go_on = [&](const ConflictView& conflict) {
      if (engine.is_closed()) return false;
      visit(conflict);
      return true;
    };
    RELAIS_ASSIGN(auto unreadable, replica::each_conflict(engine.snapshot(), go_on));
    if (engine.is_closed()) return closed();
    return unreadable;
  });
}

Result<std::vector<Unreadable>> Replica::each_document(
    const std::function<bool(const DocumentId&, std::string_view json)>& visit) const {
  return call(engine_, [&](Engine& engine) -> Result<std::vector<Unreadable>> {
    RELAIS_TRY(check_callable(visit, "visitor"));
    const auto go_on = [&](const DocumentId& document, std::string_view json) {
      return !engine.is_closed() && visit(document, json);
    };
    RELAIS_ASSIGN(auto unreadable, replica::each_document(engine.snapshot(), go_on));
    if (engine.is_closed()) return closed();
    return unreadable;
  });
}

std::string Replica::device_name(const DeviceId& device) const {
  const auto name = call(engine_, [&](Engine& engine) -> Result<std::string> {
    return replica::device_name(engine.snapshot().source(), device);
  });
  return name ? *name : std::string();
}

Result<ImportReport> Replica::import_ndjson(std::string_view lines, const ImportOptions& import) {
  return call(engine_, [&](Engine& engine) { return engine.import_ndjson(lines, import); });
}

Subscription Replica::observe(std::function<void(const Event&)> handler) {
  if (!handler) return {};
  const auto added = call(engine_, [&](Engine& engine) -> Result<std::shared_ptr<void>> {
    return engine.observers().add(std::move(handler));
  });
  return added ? Subscription(*added) : Subscription();
}

Result<std::string> Replica::invite(const InviteOptions& invite) {
  return call(engine_, [&](Engine& engine) { return engine.invite(invite); });
}

Result<Server> Replica::listen(const std::string& address) {
  return call(engine_, [&](Engine& engine) { return engine.listen(address); });
}

Result<SyncReport> Replica::sync(const std::string& address, const SyncOptions& options) {
  return call(engine_, [&](Engine& engine) { return engine.sync(address, options); });
}

Operation<SyncReport> Replica::start_sync(const std::string& address, const SyncOptions& options) {
  auto started = call(engine_, [&](Engine& engine) -> Result<Operation<SyncReport>> {
    return engine.start_sync(address, options);
  });
  return started ? *std::move(started) : engine::SyncOperation::failed(std::move(started).error());
}

Result<Identity> Replica::identity() const {
  return call(engine_, [](Engine& engine) { return engine.identity(); });
}

Status Replica::check_recovery_phrase(std::string_view phrase) const {
  return call(engine_, [&](Engine& engine) -> Status {
    RELAIS_ASSIGN(const auto root, access::root_from_phrase(phrase));
    if (root.public_key == engine.core().published_control()->membership.root_key()) return {};
    return Error(ErrorCode::invalid_argument, "That is the recovery phrase of another space.");
  });
}

Result<StatusReport> Replica::status() const {
  return call(engine_, [](Engine& engine) { return replica::status(engine.snapshot()); });
}

Result<std::vector<SectionRule>> Replica::section_rules() const {
  return call(engine_, [](Engine& engine) -> Result<std::vector<SectionRule>> {
    return replica::section_rules(engine.core().published_control()->membership);
  });
}

Result<VerifyReport> Replica::verify() const {
  return call(engine_, [](Engine& engine) {
    return replica::verify(engine.snapshot(), [&] { return engine.is_closed(); });
  });
}

void Replica::poll(std::chrono::milliseconds longest) {
  (void)call(engine_, [&](Engine& engine) -> Status {
    engine.poll(longest);
    return {};
  });
}

}  // namespace relais
