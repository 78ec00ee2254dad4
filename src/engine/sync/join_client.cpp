#include "engine/sync/join_client.h"

#include "access/invitation.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/runtime/asio_loop.h"
#include "engine/sync/retry_policy.h"
#include "engine/sync/sync_connection.h"
#include "link/tcp/tcp.h"

namespace relais::engine {
namespace {

/// Runs sessions with the inviter, in its own loop, until one succeeds or a retry is useless.
class Caller {
 public:
  Caller(std::shared_ptr<runtime::AsioLoop> loop, replica::JoinDelegate& delegate,
         const replica::Environment& environment, const replica::Identity& identity,
         const access::Invitation& invitation, link::Address address)
      : loop_(std::move(loop)),
        delegate_(delegate),
        environment_(environment),
        config_{identity.space, identity.keys, access::invitation_psk(invitation)},
        address_(std::move(address)),
        retry_(loop_->now().monotonic) {}

  Result<peer::Report> run() {
    call();
    while (!ended_) loop_->poll_for(Duration(100));
    connection_.reset();
    if (*ended_) return std::move(*ended_);
    return retry_.final_error(std::move(*ended_).error());
  }

 private:
  void call() {
    attempt_ = link::tcp::connect(
        loop_->io(), address_, limits::kConnectTime,
        [this](Result<std::unique_ptr<link::Link>> link) {
          if (!link) return end(std::move(link).error());
          connection_ = std::make_unique<SyncConnection>(*loop_, guard_, std::move(*link));
          auto peer = std::make_unique<peer::Peer>(
              peer::Peer::join(config_, delegate_, environment_.random, loop_->now()));
          connection_->start(std::move(peer),
                             [this](Result<peer::Report> result) { end(std::move(result)); });
        });
  }

  void end(Result<peer::Report> result) {
    const Now now = loop_->now();
    const auto wait = result
                          ? std::nullopt
                          : retry_.next_delay(result.error(), now.monotonic, environment_.random);
    if (!wait) return ended_.emplace(std::move(result)), void();
    pause_ = loop_->call_at(now.monotonic + *wait, [this] {
      connection_.reset();
      call();
    });
  }

  const std::shared_ptr<runtime::AsioLoop> loop_;
  replica::JoinDelegate& delegate_;
  const replica::Environment& environment_;
  const peer::JoinConfig config_;
  const link::Address address_;

  RetryPolicy retry_;
  std::mutex guard_;
  std::unique_ptr<SyncConnection> connection_;
  std::unique_ptr<link::Attempt> attempt_;
  std::unique_ptr<runtime::Loop::Timer> pause_;
  std::optional<Result<peer::Report>> ended_;
};

/// The error for the user. Only the inviter can refuse an invitation: after a failed handshake it
/// stays valid.
Error joining_error(Error error, const link::Address& address) {
  if (error.code() != ErrorCode::handshake_failed) return error;
  return {ErrorCode::handshake_failed,
          "The device at " + link::to_string(address) +
              " does not know this invitation, which stays valid: check the address, or ask for "
              "a new invitation."};
}

}  // namespace

Status check_invitation(std::string_view text) {
  const auto parsed = access::parse_invitation(text);
  if (!parsed) return parsed.error();
  return {};
}

Status join_space(store::Store& store, const replica::Environment& environment, const Bytes& marker,
                  std::string_view text, const link::Address& address,
                  const std::string& device_name) {
  RELAIS_ASSIGN(const auto invitation, access::parse_invitation(text));
  RELAIS_ASSIGN(replica::Identity identity,
                replica::begin_joining(store, environment, marker, invitation.space, device_name));
  replica::JoinDelegate delegate(identity.space);
  RELAIS_ASSIGN(auto loop, runtime::AsioLoop::make(Threading::manual));
  auto report = Caller(std::move(loop), delegate, environment, identity, invitation, address).run();
  if (!report) return joining_error(std::move(report).error(), address);
  return replica::finish_joining(store, delegate, std::move(identity));
}

}  // namespace relais::engine
