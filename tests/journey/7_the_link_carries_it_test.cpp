#include <gtest/gtest.h>

#include "engine/runtime/manual_loop.h"
#include "engine/sync/sync_connection.h"
#include "journey/note.h"
#include "link/pipe/pipe.h"

namespace relais::journey {
namespace {

// Any link that carries bytes in order will do: here one that delivers them one at a time.
TEST(Journey7, TheLinkCarriesIt) {
  TwoDevices devices;
  devices.write_through_engine();
  runtime::ManualLoop loop(devices.space.clock().now());
  link::PipeOptions options;
  options.largest_chunk = 1;
  link::Pipe pipe = link::make_pipe(options);

  engine::ReplicaDelegate here(devices.here(), {});
  engine::ReplicaDelegate there(devices.there(), {});
  session::SessionLimiter sessions;
  Random& random = devices.here().environment.random;
  auto caller = std::make_unique<peer::Peer>(
      peer::Peer::sync(*engine::sync_config(devices.here()), here, random, loop.now()));
  auto called = std::make_unique<peer::Peer>(peer::Peer::serve(
      *engine::serve_config(devices.there(), {}), there, sessions, random, loop.now()));

  engine::SyncConnection from(loop, devices.here().mutex, std::move(pipe.left));
  engine::SyncConnection to(loop, devices.there().mutex, std::move(pipe.right));
  int ended = 0;
  const auto done = [&](Result<peer::Report> report) {
    EXPECT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->in_sync);
    ++ended;
  };
  to.start(std::move(called), done);
  from.start(std::move(caller), done);
  while (pipe.pump->step() || loop.run_due(loop.now()) > 0) {
  }
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(devices.space.json("there", "patients/patient-4711"),
            R"({"allergies":["penicillin"]})");
}

}  // namespace
}  // namespace relais::journey
