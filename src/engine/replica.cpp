#include "relais/replica.h"

#include "base/try.h"
#include "engine/edit.h"
#include "engine/engine.h"
#include "engine/names_document.h"
#include "engine/reader.h"
#include "engine/verification.h"

namespace relais {

using engine::Engine;

namespace {

Status check_not_reserved(const DocumentId& document) {
  if (!document.collection.starts_with(engine::kReservedPrefix)) return {};
  return Error(ErrorCode::invalid_argument,
               "collections whose names begin with '.' are the engine's own");
}

/// Runs `action(draft, path)`: the host writes everywhere but in the engine's own collections.
template <class Action>
Status edit_at(engine::Edit& edit, const DocumentId& document, std::string_view path,
               Action&& action) {
  RELAIS_TRY(check_not_reserved(document));
  return edit.at(document, path, std::forward<Action>(action));
}

}  // namespace

Status Transaction::set(const DocumentId& document, std::string_view path, Value value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.set(at, std::move(value));
  });
}

Status Transaction::put_json(const DocumentId& document, std::string_view path,
                             std::string_view json) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.put_json(document, path, json);
}

Status Transaction::append_json(const DocumentId& document, std::string_view path,
                                std::string_view json) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.append_json(at, json);
  });
}

Status Transaction::insert_json(const DocumentId& document, std::string_view list,
                                std::size_t index, std::string_view json) {
  return edit_at(edit_, document, list, [&](document::Draft& draft, const document::Path& at) {
    return draft.insert_json(at, index, json);
  });
}

Status Transaction::add_to_set(const DocumentId& document, std::string_view path, Value value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.add(at, std::move(value));
  });
}

Status Transaction::remove_from_set(const DocumentId& document, std::string_view path,
                                    const Value& value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.remove(at, value);
  });
}

Status Transaction::count(const DocumentId& document, std::string_view path, std::int64_t delta) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.count(at, delta);
  });
}

Status Transaction::splice_text(const DocumentId& document, std::string_view path,
                                std::size_t position, std::size_t removed,
                                std::string_view inserted) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.splice_text(at, position, removed, inserted);
  });
}

Status Transaction::update_text(const DocumentId& document, std::string_view path,
                                std::string_view text) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.update_text(at, text);
  });
}

Status Transaction::erase(const DocumentId& document, std::string_view path) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.erase(document, path);
}

Result<std::string> Transaction::json(const DocumentId& document) { return edit_.json(document); }

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
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::Reader(core, *core.store).json(document);
}

Result<FieldView> Replica::field(const DocumentId& document, std::string_view path) const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::Reader(core, *core.store).field(document, path);
}

Result<std::vector<ConflictView>> Replica::conflicts_of(const DocumentId& document) const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::Reader(core, *core.store).conflicts_of(document);
}

Result<std::vector<HistoryEntry>> Replica::history(const DocumentId& document) const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::Reader(core, *core.store).history(document);
}

Status Replica::conflicts(const std::function<void(const ConflictView&)>& visit) const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  const auto snapshot = core.store->snapshot();
  engine::Reader reader(core, *snapshot);
  return engine::each_conflicting(core, *snapshot, [&](const DocumentId& document) -> Result<bool> {
    RELAIS_ASSIGN(const auto views, reader.conflicts_of(document));
    for (const ConflictView& view : views) visit(view);
    return true;
  });
}

Status Replica::each_document(
    const std::function<bool(const DocumentId&, std::string_view json)>& visit) const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  const auto snapshot = core.store->snapshot();
  engine::Reader reader(core, *snapshot);
  return engine::each_name(core, *snapshot, [&](const DocumentId& document) -> Result<bool> {
    auto json = reader.json(document);
    if (json) return visit(document, *json);
    if (json.error().code() == ErrorCode::not_found) return true;  // deleted
    return std::move(json).error();
  });
}

std::string Replica::device_name(const DeviceId& device) const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::device_name(core, device);
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
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::status(core);
}

Result<VerifyReport> Replica::verify() const {
  engine::Core& core = engine_->core();
  const std::lock_guard lock(core.mutex);
  return engine::verify(core);
}

void Replica::poll(std::chrono::milliseconds longest) { engine_->poll(longest); }

}  // namespace relais
