#include "replica/lifecycle/invitations.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "replica/write/epochs.h"
#include "replica/write/own_commit.h"

namespace relais::replica {
namespace {

using store::Family;

/// Tolerated corrections of the wall clock.
constexpr std::chrono::milliseconds kClockStep{2 * 60 * 1000};

Bytes key_of(const access::Invitation& invitation) {
  const crypto::Hash name = crypto::hash("invitation name", {invitation.secret.view()});
  return store::meta_key(store::meta::kInvitation).append(name.view());
}

Bytes encode(const OpenInvitation& open) {
  Bytes out;
  out.append(open.invitation.secret.view());
  put_u64(out, static_cast<std::uint64_t>(open.invitation.expires_ms));
  put_u64(out, static_cast<std::uint64_t>(open.made_ms));
  put_u64(out, open.number);
  out.push_back(open.expired ? 1 : 0);
  out.push_back(open.used_by ? 1 : 0);
  if (open.used_by) out.append(open.used_by->view());
  for (const CompartmentId& id : open.compartments) out.append(id.view());
  return out;
}

Result<OpenInvitation> decode(const SpaceId& space, BytesView bytes) {
  Reader in(bytes);
  OpenInvitation open;
  open.invitation.space = space;
  using Secret = decltype(open.invitation.secret);
  open.invitation.secret = Secret::from(in.take(Secret::kSize));
  open.invitation.expires_ms = static_cast<std::int64_t>(in.u64());
  open.made_ms = static_cast<std::int64_t>(in.u64());
  open.number = in.u64();
  open.expired = in.byte() != 0;
  if (in.byte() != 0) open.used_by = in.id<DeviceId>();
  while (in.ok() && !in.at_end()) open.compartments.push_back(in.id<CompartmentId>());
  if (!in.ok())
    return Error(ErrorCode::store_corrupt, "The store's table of invitations is damaged.");
  return open;
}

/// All that are stored, the newest first.
Result<std::vector<OpenInvitation>> load(const Core& core) {
  std::vector<OpenInvitation> all;
  const auto cursor =
      core.store->scan_prefix(Family::meta, store::meta_key(store::meta::kInvitation));
  for (; cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(auto invitation, decode(core.identity.space, cursor->value()));
    all.push_back(std::move(invitation));
  }
  RELAIS_TRY(cursor->status());
  std::sort(all.begin(), all.end(),
            [](const OpenInvitation& a, const OpenInvitation& b) { return a.number > b.number; });
  return all;
}

/// The current row, which another session with the same invitation may have changed.
Result<std::optional<OpenInvitation>> load_one(const Core& core, const OpenInvitation& like) {
  RELAIS_ASSIGN(const auto bytes, core.store->get(Family::meta, key_of(like.invitation)));
  if (!bytes) return std::optional<OpenInvitation>{};
  RELAIS_ASSIGN(auto stored, decode(core.identity.space, *bytes));
  return std::optional(std::move(stored));
}

/// If the clock is well before the invitation's creation, it was set back: the invitation's age
/// isn't known, so it counts as expired.
bool is_over(const OpenInvitation& open, WallTime now) {
  return open.expired || access::is_expired(open.invitation, now) ||
         now.ms < open.made_ms - kClockStep.count();
}

bool is_unused(const OpenInvitation& open, WallTime now) {
  return !open.used_by && !is_over(open, now);
}

WallTime wall(const Core& core) { return core.environment.clock.now().wall; }

void put(store::Batch& batch, const OpenInvitation& invitation) {
  batch.put(Family::meta, key_of(invitation.invitation), encode(invitation));
}

Error too_many_open() {
  return {ErrorCode::limit_exceeded,
          "This device has given out " + std::to_string(limits::kOpenInvitations) +
              " unused invitations: let one be used or expire before you make another.",
          Retry::later};
}

/// The invitations that are answered, in the order of `load`: all unused ones, and the newest of
/// the others. `forgotten` gets the rest.
Result<std::vector<OpenInvitation>> answered(const Core& core,
                                             std::vector<OpenInvitation>* forgotten = nullptr) {
  RELAIS_ASSIGN(auto all, load(core));
  std::vector<OpenInvitation> kept;
  std::size_t closed = 0;
  for (OpenInvitation& each : all) {
    const bool keep = is_unused(each, wall(core)) || closed++ < limits::kClosedInvitations;
    if (keep) kept.push_back(std::move(each));
    if (!keep && forgotten != nullptr) forgotten->push_back(std::move(each));
  }
  return kept;
}

}  // namespace

Status save_invitation(Core& core, OpenInvitation invitation) {
  const WallTime now = wall(core);
  RELAIS_TRY(close_expired(core, now));
  std::vector<OpenInvitation> forgotten;
  RELAIS_ASSIGN(const auto kept, answered(core, &forgotten));
  const auto open = std::count_if(kept.begin(), kept.end(),
                                  [&](const OpenInvitation& each) { return is_unused(each, now); });
  if (static_cast<std::size_t>(open) >= limits::kOpenInvitations) return too_many_open();
  store::Batch batch;
  for (const OpenInvitation& old : forgotten) batch.remove(Family::meta, key_of(old.invitation));
  if (!kept.empty()) invitation.number = kept.front().number + 1;
  invitation.made_ms = now.ms;
  put(batch, invitation);
  return core.commit(batch, store::Durability::synced);
}

Result<std::vector<OpenInvitation>> open_invitations(const Core& core) {
  RELAIS_ASSIGN(auto open, answered(core));
  std::erase_if(
      open, [&](const OpenInvitation& each) { return !each.used_by && is_over(each, wall(core)); });
  std::stable_partition(open.begin(), open.end(),
                        [](const OpenInvitation& each) { return !each.used_by; });
  return open;
}

Result<std::vector<crypto::SymmetricKey>> expired_secrets(const Core& core) {
  RELAIS_ASSIGN(const auto all, answered(core));
  std::vector<crypto::SymmetricKey> secrets;
  for (const OpenInvitation& each : all) {
    if (each.used_by || !is_over(each, wall(core))) continue;
    secrets.push_back(access::invitation_psk(each.invitation));
  }
  return secrets;
}

Status close_expired(Core& core, WallTime now) {
  RELAIS_ASSIGN(auto all, load(core));
  store::Batch batch;
  for (OpenInvitation& each : all) {
    if (each.used_by || each.expired || !is_over(each, now)) continue;
    each.expired = true;
    put(batch, each);
  }
  if (batch.empty()) return {};
  return core.commit(batch, store::Durability::synced);
}

Result<std::optional<WallTime>> next_expiry(const Core& core) {
  RELAIS_ASSIGN(const auto all, load(core));
  std::optional<WallTime> next;
  for (const OpenInvitation& each : all) {
    if (each.used_by || each.expired) continue;
    const WallTime at{each.invitation.expires_ms};
    if (!next || at < *next) next = at;
  }
  return next;
}

Result<Bytes> admit(Core& core, const access::JoinRequest& request,
                    const OpenInvitation& invitation) {
  const Error refused(ErrorCode::invitation_refused, "The invitation isn't valid any more.");
  const DeviceId joiner = log::device_id(request.signing_key);
  RELAIS_ASSIGN(auto stored, load_one(core, invitation));
  if (!stored) return refused;
  if (stored->used_by ? *stored->used_by != joiner : is_over(*stored, wall(core))) return refused;
  if (!stored->used_by) {
    stored->used_by = joiner;
    // Committed first: after a crash only this joiner may still use the invitation.
    store::Batch batch;
    put(batch, *stored);
    RELAIS_TRY(core.commit(batch, store::Durability::synced));
  }
  // The joiner initiates sessions under its key.
  RELAIS_TRY(ensure_epoch(core, core.control_compartment()));
  document::Position at;
  {
    OwnCommit commit(core);
    RELAIS_ASSIGN(at, commit.next(core.control_compartment()));
  }
  access::Admission admission;
  admission.compartments = stored->compartments;
  RELAIS_ASSIGN(const auto records,
                access::admit_device(core.control.membership, core.control.keyring,
                                     core.identity.keys, at.author, at.seq, request, admission));
  if (!records.empty()) RELAIS_TRY(write_control(core, records));
  const access::Device* device = core.control.membership.device(joiner);
  if (device == nullptr) return refused;
  return device->certificate;
}

}  // namespace relais::replica
