#include "engine/invitations.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/own_commit.h"

namespace relais::engine {
namespace {

using store::Family;

Bytes key_of(const access::Invitation& invitation) {
  const crypto::Hash name = crypto::hash("invitation name", {invitation.secret.view()});
  return store::meta_key(store::meta::kInvitation).append(name.view());
}

Bytes encode(const OpenInvitation& open) {
  Bytes out;
  out.append(open.invitation.secret.view());
  put_u64(out, static_cast<std::uint64_t>(open.invitation.expires_ms));
  put_u64(out, open.number);
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
  open.number = in.u64();
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

bool is_open(const Core& core, const OpenInvitation& invitation) {
  return !access::is_expired(invitation.invitation, core.environment.clock.now().wall);
}

void put(store::Batch& batch, const OpenInvitation& invitation) {
  batch.put(Family::meta, key_of(invitation.invitation), encode(invitation));
}

}  // namespace

Status save_invitation(Core& core, OpenInvitation invitation) {
  RELAIS_ASSIGN(const auto before, load(core));
  store::Batch batch;
  std::size_t open = 1;
  for (const OpenInvitation& old : before) {
    invitation.number = std::max(invitation.number, old.number + 1);
    // By the clock alone, one that jumped back would make old ones last, and crowd out the new.
    if (is_open(core, old) && open++ < limits::kOpenInvitations) continue;
    batch.remove(Family::meta, key_of(old.invitation));
  }
  put(batch, invitation);
  return core.commit(batch, store::Durability::synced);
}

Result<std::vector<OpenInvitation>> open_invitations(const Core& core) {
  RELAIS_ASSIGN(auto open, load(core));
  std::erase_if(open, [&](const OpenInvitation& each) { return !is_open(core, each); });
  return open;
}

Result<Bytes> admit(Core& core, const access::JoinRequest& request, OpenInvitation invitation) {
  const Error refused(ErrorCode::invitation_refused, "The invitation isn't valid any more.");
  const DeviceId joiner = log::device_id(request.signing_key);
  if (!is_open(core, invitation) || (invitation.used_by && *invitation.used_by != joiner))
    return refused;
  if (!invitation.used_by) {
    invitation.used_by = joiner;
    // First: a crash in between leaves an invitation that this joiner alone may still use.
    store::Batch batch;
    put(batch, invitation);
    RELAIS_TRY(core.commit(batch, store::Durability::synced));
  }
  document::Position at;
  {
    OwnCommit commit(core);
    RELAIS_ASSIGN(at, commit.next(core.control_compartment()));
  }
  access::Admission admission;
  admission.compartments = invitation.compartments;
  RELAIS_ASSIGN(
      const auto records,
      access::admit_device(core.environment.random, core.control.membership, core.control.keyring,
                           core.identity.keys, at.author, at.seq, request, admission));
  if (!records.empty()) RELAIS_TRY(write_control(core, records));
  const access::Device* device = core.control.membership.device(joiner);
  if (device == nullptr) return refused;
  return device->certificate;
}

}  // namespace relais::engine
