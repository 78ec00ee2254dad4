#include "relais/replica.h"

#include "base/try.h"
#include "engine/engine.h"
#include "replica/names_document.h"
#include "replica/read/history.h"
#include "replica/read/listing.h"
#include "replica/read/same_documents.h"
#include "replica/read/verification.h"
#include "replica/write/section_compartment.h"

namespace relais {

using engine::Engine;

namespace {

/// Runs `action(view)` on the replica as it is now.
template <class Action>
auto read(Engine& engine, const Action& action) {
  const replica::Snapshot snapshot(engine.core());
  replica::ReadView view(snapshot.source());
  return action(view);
}

template <class Action>
auto read_history(Engine& engine, const Action& action) {
  const replica::Snapshot snapshot(engine.core());
  replica::History history(snapshot.source());
  return action(history);
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
  return Replica(std::move(engine));
}

Result<Replica> Replica::join(const std::string& folder, std::string_view invitation,
                              const std::string& address, const JoinOptions& join,
                              const Options& options) {
  RELAIS_ASSIGN(auto engine, Engine::join(folder, invitation, address, join, options));
  return Replica(std::move(engine));
}

Replica::Replica(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;
Replica::~Replica() = default;

Status Replica::write(const std::function<Status(Transaction&)>& edit) {
  return engine_->write(edit);
}

Result<std::string> Replica::json(const DocumentId& document) const {
  return read(*engine_, [&](replica::ReadView& view) { return view.json(document); });
}

Result<FieldView> Replica::field(const DocumentId& document, std::string_view path) const {
  return read(*engine_, [&](replica::ReadView& view) { return view.field(document, path); });
}

Result<FieldTree> Replica::tree(const DocumentId& document, std::string_view path) const {
  return read(*engine_, [&](replica::ReadView& view) { return view.tree(document, path); });
}

Result<std::vector<ConflictView>> Replica::conflicts_of(const DocumentId& document) const {
  return read(*engine_, [&](replica::ReadView& view) { return view.conflicts_of(document); });
}

Result<std::vector<VoidView>> Replica::voids(const DocumentId& document) const {
  return read(*engine_, [&](replica::ReadView& view) { return view.voids(document); });
}

Result<Cursor> Replica::cursor(const DocumentId& document, std::string_view path,
                               std::size_t position, CursorSide side) const {
  return read(*engine_,
              [&](replica::ReadView& view) { return view.cursor(document, path, position, side); });
}

Result<std::size_t> Replica::position(const DocumentId& document, std::string_view path,
                                      const Cursor& cursor) const {
  return read(*engine_,
              [&](replica::ReadView& view) { return view.position(document, path, cursor); });
}

Result<MergedView> Replica::merged(const DocumentId& document) const {
  return replica::merged(replica::Snapshot(engine_->core()).source(), document);
}

Result<std::vector<HistoryEntry>> Replica::history(const DocumentId& document,
                                                   std::string_view path) const {
  return read_history(*engine_,
                      [&](replica::History& history) { return history.history(document, path); });
}

Result<std::string> Replica::json(const DocumentId& document, const Moment& moment) const {
  return read_history(*engine_,
                      [&](replica::History& history) { return history.json(document, moment); });
}

Result<std::vector<FieldDifference>> Replica::differences(const DocumentId& document,
                                                          const Moment& from,
                                                          const Moment& to) const {
  return read_history(
      *engine_, [&](replica::History& history) { return history.differences(document, from, to); });
}

Result<std::vector<Unreadable>> Replica::conflicts(
    const std::function<void(const ConflictView&)>& visit) const {
  return replica::each_conflict(replica::Snapshot(engine_->core()), visit);
}

Result<std::vector<Unreadable>> Replica::each_document(
    const std::function<bool(const DocumentId&, std::string_view json)>& visit) const {
  return replica::each_document(replica::Snapshot(engine_->core()), visit);
}

std::string Replica::device_name(const DeviceId& device) const {
  return replica::device_name(replica::Snapshot(engine_->core()).source(), device);
}

Result<ImportReport> Replica::import_ndjson(std::string_view lines, const ImportOptions& import) {
  return engine_->import_ndjson(lines, import);
}

Subscription Replica::observe(std::function<void(const Event&)> handler) {
  return Subscription(engine_->observers().add(std::move(handler)));
}

Result<std::string> Replica::invite(const InviteOptions& invite) { return engine_->invite(invite); }

Result<Server> Replica::listen(const std::string& address) { return engine_->listen(address); }

Result<SyncReport> Replica::sync(const std::string& address,
                                 const std::function<void(const SyncProgress&)>& progress) {
  return engine_->sync(address, progress);
}

Result<StatusReport> Replica::status() const {
  return replica::status(replica::Snapshot(engine_->core()));
}

Result<std::vector<SectionRule>> Replica::section_rules() const {
  return replica::section_rules(engine_->core().published_control()->membership);
}

Result<VerifyReport> Replica::verify() const {
  return replica::verify(replica::Snapshot(engine_->core()));
}

void Replica::poll(std::chrono::milliseconds longest) { engine_->poll(longest); }

}  // namespace relais
