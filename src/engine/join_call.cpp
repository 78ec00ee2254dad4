#include "engine/join_call.h"

#include "access/invitation.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/meeting.h"
#include "engine/runtime/asio_loop.h"
#include "link/tcp/tcp.h"

namespace relais::engine {
namespace {

/// Meets the inviter, in a loop of its own.
Result<peer::Report> meet(JoinHost& host, const Environment& environment, const Identity& identity,
                          const access::Invitation& invitation, const link::Address& address) {
  runtime::AsioLoop loop(Threading::manual);
  std::mutex guard;
  std::unique_ptr<Meeting> meeting;
  std::optional<Result<peer::Report>> ended;
  const auto attempt = link::tcp::connect(
      loop.io(), address, limits::kConnectTime, [&](Result<std::unique_ptr<link::Link>> link) {
        if (!link) {
          ended.emplace(std::move(link).error());
          return;
        }
        meeting = std::make_unique<Meeting>(loop, guard, std::move(*link));
        peer::JoinConfig config{identity.space, identity.keys, access::invitation_psk(invitation)};
        auto peer = std::make_unique<peer::Peer>(
            peer::Peer::join(std::move(config), host, environment.random, loop.now()));
        meeting->start(std::move(peer),
                       [&](Result<peer::Report> result) { ended.emplace(std::move(result)); });
      });
  while (!ended) loop.poll_for(Duration(100));
  meeting.reset();
  return std::move(*ended);
}

}  // namespace

Status check_invitation(std::string_view text) {
  const auto parsed = access::parse_invitation(text);
  if (!parsed) return parsed.error();
  return {};
}

Status join_space(store::Store& store, const Environment& environment, const Bytes& marker,
                  std::string_view text, const link::Address& address) {
  RELAIS_ASSIGN(const auto invitation, access::parse_invitation(text));
  RELAIS_ASSIGN(Identity identity, begin_joining(store, environment, marker, invitation.space));
  JoinHost host(identity.space);
  auto met = meet(host, environment, identity, invitation, address);
  if (!met) {
    const ErrorCode code = met.error().code();
    const bool refused = code == ErrorCode::handshake_failed || code == ErrorCode::not_authorised;
    if (!refused) return std::move(met).error();
    return Error(ErrorCode::invitation_refused,
                 "The other device refused the invitation: it may be wrong, used or expired. Ask "
                 "for a new one.");
  }
  return finish_joining(store, host, std::move(identity));
}

}  // namespace relais::engine
