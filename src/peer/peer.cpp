#include "peer/peer.h"

#include <algorithm>

#include "base/try.h"
#include "peer/impl.h"

namespace relais::peer {

Peer::Peer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Peer::~Peer() = default;
Peer::Peer(Peer&&) noexcept = default;
Peer& Peer::operator=(Peer&&) noexcept = default;

Peer Peer::sync(SyncConfig config, SyncDelegate& delegate, Random& random, Now now) {
  auto owned = std::make_unique<SyncAuthenticator>(delegate, config);
  auto& authenticator = *owned;
  session::InitiatorConfig session{config.space, session::Mode::sync, config.mesh_key,
                                   config.noise};
  return Peer(
      std::make_unique<Impl>(config.space, delegate, std::move(owned),
                             session::Session::initiate(session, authenticator, random, now), now));
}

Peer Peer::join(JoinConfig config, SyncDelegate& delegate, Random& random, Now now) {
  session::InitiatorConfig session{config.space, session::Mode::invitation, config.invitation,
                                   config.keys.noise};
  auto owned = std::make_unique<JoinAuthenticator>(config.space, std::move(config.keys));
  auto& authenticator = *owned;
  return Peer(
      std::make_unique<Impl>(config.space, delegate, std::move(owned),
                             session::Session::initiate(session, authenticator, random, now), now));
}

Peer Peer::serve(const ServeConfig& config, SyncDelegate& delegate,
                 session::SessionLimiter& sessions, Random& random, Now now) {
  session::ResponderConfig session{config.space, {}, config.noise, config.machine};
  auto& candidates = session.candidates;
  for (const crypto::SymmetricKey& key : config.mesh_keys) {
    if (candidates.size() == limits::kMeshKeys) break;
    candidates.push_back({key, session::Mode::sync, encode_capabilities(config.packer)});
  }
  const std::size_t first_old = candidates.size();
  for (const crypto::SymmetricKey& key : config.old_mesh_keys) {
    if (candidates.size() == limits::kMeshKeys) break;
    candidates.push_back({key, session::Mode::sync, {}, true});
  }
  const std::size_t first_invitation = candidates.size();
  const Bytes inviter = access::encode_inviter(config.first_record, config.chain);
  for (const crypto::SymmetricKey& key : config.invitations) {
    if (candidates.size() == limits::kPskCandidates) break;
    candidates.push_back({key, session::Mode::invitation, inviter});
  }
  for (const crypto::SymmetricKey& key : config.expired_invitations) {
    if (candidates.size() == limits::kPskCandidates) break;
    candidates.push_back({key, session::Mode::invitation, {}, false, true});
  }
  auto owned = std::make_unique<ServeAuthenticator>(
      delegate, config.space,
      ServeAuthenticator::ProofConfig{first_old, config.chain, config.signing});
  auto& authenticator = *owned;
  auto impl = std::make_unique<Impl>(
      config.space, delegate, std::move(owned),
      session::Session::respond(std::move(session), authenticator, sessions, random, now), now);
  impl->set_first_invitation(first_invitation);
  return Peer(std::move(impl));
}

void Peer::handle_bytes(BytesView bytes, Now now) { impl_->handle_bytes(bytes, now); }
void Peer::handle_written(std::size_t bytes, Now now) { impl_->handle_written(bytes, now); }
void Peer::handle_timeout(Now now) { impl_->handle_timeout(now); }
void Peer::handle_link_closed(Now now) { impl_->handle_link_closed(now); }
Bytes Peer::poll_transmit(Now now) { return impl_->poll_transmit(now); }
std::optional<Instant> Peer::deadline() const { return impl_->deadline(); }
bool Peer::finished() const { return impl_->finished(); }
bool Peer::was_established() const { return impl_->was_established(); }
Result<Report> Peer::result() const { return impl_->result(); }
Report Peer::report() const { return impl_->report(); }
Progress Peer::progress() const { return impl_->progress(); }

}  // namespace relais::peer
