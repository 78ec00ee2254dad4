#include <gmock/gmock.h>

#include "base/limits.h"
#include "net.h"
#include "raw_socket.h"

namespace relais::link {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TcpLink : public testing::Test {
 protected:
  /// `near` is a link of ours, not started; the other side is a plain socket.
  void connect_raw(End& near, RawSocket& far) {
    ASSERT_TRUE(far.connect(net_.listen()));
    ASSERT_TRUE(net_.until([&] { return net_.accepted != nullptr; }));
    near.link = std::move(net_.accepted);
  }
  bool until_closed(const End& end) {
    return net_.until([&] { return end.closed.has_value(); });
  }

  Net net_;
  End near_, far_;
};

TEST_F(TcpLink, BytesArriveInOrderBothWays) {
  net_.pair(near_, far_);
  near_.start();
  far_.start();
  Bytes expected;
  for (int i = 0; i < 1000; ++i) {
    const Bytes word = std::to_string(i) + " ";
    expected += word;
    near_.link->write(word);
    far_.link->write(word);
  }
  EXPECT_TRUE(net_.until([&] {
    return near_.received.size() == expected.size() && far_.received.size() == expected.size();
  }));
  EXPECT_EQ(near_.received, expected);
  EXPECT_EQ(far_.received, expected);
  EXPECT_EQ(near_.written, expected.size());
}

TEST_F(TcpLink, NoCallCallsBackBeforeItReturned) {
  net_.pair(near_, far_);
  far_.link->write("waiting already");
  far_.start();
  net_.idle();
  near_.start();
  near_.link->write("bytes");
  near_.link->close();
  EXPECT_EQ(near_.received, "");
  EXPECT_EQ(near_.written, 0u);
  EXPECT_FALSE(near_.closed);
}

TEST_F(TcpLink, WhatWasWrittenAndClosedBeforeTheStartGoesOutAfterIt) {
  net_.pair(near_, far_);
  far_.start();
  near_.link->write("early");
  near_.link->close();
  net_.idle();
  EXPECT_EQ(far_.received, "");
  near_.start();
  ASSERT_TRUE(until_closed(near_) && until_closed(far_));
  EXPECT_EQ(far_.received, "early");
  EXPECT_TRUE(*near_.closed);
}

TEST_F(TcpLink, CloseWhileWritingSendsEverythingFirstAndIsNoFault) {
  net_.pair(near_, far_);
  near_.start();
  far_.start();
  const Bytes part(1'000'003, 'x');
  for (int i = 0; i < 8; ++i) near_.link->write(part);
  near_.link->close();
  near_.link->write("after the close");
  ASSERT_TRUE(until_closed(near_) && until_closed(far_));
  EXPECT_TRUE(*near_.closed);
  EXPECT_TRUE(*far_.closed);
  EXPECT_EQ(far_.received.size(), 8 * part.size());
  EXPECT_EQ(far_.received.find_first_not_of('x'), Bytes::npos);
  EXPECT_EQ(near_.written, 8 * part.size());
  EXPECT_EQ(near_.calls_after_closed + far_.calls_after_closed, 0);
}

TEST_F(TcpLink, BothSidesCloseAtOnceAndBothAreToldOnce) {
  net_.pair(near_, far_);
  near_.start();
  far_.start();
  near_.link->close();
  far_.link->close();
  near_.link->close();
  ASSERT_TRUE(until_closed(near_) && until_closed(far_));
  net_.idle();
  EXPECT_TRUE(*near_.closed);
  EXPECT_TRUE(*far_.closed);
  EXPECT_EQ(near_.calls_after_closed + far_.calls_after_closed, 0);
}

TEST_F(TcpLink, DestroyingOneSideEndsTheOther) {
  net_.pair(near_, far_);
  near_.start();
  far_.start();
  near_.link.reset();
  ASSERT_TRUE(until_closed(far_));
  EXPECT_TRUE(*far_.closed);
  net_.idle();
  EXPECT_FALSE(near_.closed);
}

TEST_F(TcpLink, APeerThatOnlyEndsItsOwnHalfStillGetsTheWholeAnswer) {
  RawSocket far;
  connect_raw(near_, far);
  const Bytes answer(3'000'000, 'a');
  near_.link->start({.on_bytes = [&](BytesView) { near_.link->write(answer); },
                     .on_written = nullptr,
                     .on_closed = [&](Status status) { near_.closed = std::move(status); }});
  far.send("question");
  far.end();
  std::size_t got = 0;
  ASSERT_TRUE(net_.until([&] {
    got += far.receive().size();
    return far.ended();
  }));
  EXPECT_EQ(got, answer.size());
  ASSERT_TRUE(until_closed(near_));
  EXPECT_TRUE(*near_.closed);
}

TEST_F(TcpLink, APeerThatGoesWithoutGoodbyeIsAFault) {
  RawSocket far;
  connect_raw(near_, far);
  near_.start();
  const std::string remote = near_.link->remote();
  EXPECT_THAT(remote, StartsWith("127.0.0.1:"));
  far.reset();
  ASSERT_TRUE(until_closed(near_));
  ASSERT_FALSE(*near_.closed);
  EXPECT_EQ(near_.closed->error().code(), ErrorCode::link_failed);
  EXPECT_EQ(near_.closed->error().message(), "The connection to " + remote + " was cut.");
}

TEST_F(TcpLink, APeerThatGoesWhileWeWriteIsAFaultTooAndSaidOnce) {
  RawSocket far;
  connect_raw(near_, far);
  near_.start();
  near_.link->write(Bytes(20'000'000, 'w'));
  ASSERT_TRUE(net_.until([&] { return near_.written > 0; }));
  near_.link->close();
  far.reset();
  ASSERT_TRUE(until_closed(near_));
  EXPECT_FALSE(*near_.closed);
  EXPECT_LT(near_.written, 20'000'000u);
  near_.link->write("more");
  near_.link->close();
  net_.idle();
  EXPECT_EQ(near_.calls_after_closed, 0);
}

TEST_F(TcpLink, WhatAPeerSaidBeforeItWentIsReadThoughWritingFails) {
  RawSocket far;
  connect_raw(near_, far);
  near_.start();
  net_.idle();
  far.send("the reason");
  far.end();
  far.reset();  // our next writes are refused, and the loop learns that first
  near_.link->write(Bytes(100'000, 'w'));
  ASSERT_TRUE(until_closed(near_));
  EXPECT_EQ(near_.received, "the reason");
  EXPECT_FALSE(*near_.closed);
}

TEST_F(TcpLink, ACloseAgainstAPeerThatTakesNothingEndsAtTheDeadline) {
  RawSocket deaf, silent;
  connect_raw(near_, deaf);
  connect_raw(far_, silent);
  near_.start();
  far_.start();
  near_.link->write(Bytes(30'000'000, 'w'));
  near_.link->close();
  far_.link->write("all of it fits into the system's buffers");
  far_.link->close();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(until_closed(near_) && until_closed(far_));
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, limits::kLinkLingerTime - Duration(100));
  EXPECT_LT(took, limits::kLinkLingerTime + Duration(5000));
  ASSERT_FALSE(*near_.closed);
  EXPECT_EQ(near_.closed->error().code(), ErrorCode::timed_out);
  EXPECT_THAT(near_.closed->error().message(), HasSubstr("did not take the last bytes within 5 s"));
  EXPECT_TRUE(*far_.closed) << "all was sent: that the other side keeps its half open is no fault";
}

TEST_F(TcpLink, ExactlyTheLimitMayWaitUnsentAndAByteMoreLosesTheLink) {
  RawSocket far, other;
  connect_raw(near_, far);
  near_.link->write(Bytes(limits::kLinkUnsentBytes, 'w'));
  connect_raw(far_, other);
  far_.link->write(Bytes(limits::kLinkUnsentBytes, 'w'));
  far_.link->write("w");
  near_.start();
  far_.start();
  ASSERT_TRUE(until_closed(far_));
  ASSERT_FALSE(*far_.closed);
  EXPECT_EQ(far_.closed->error().code(), ErrorCode::limit_exceeded);
  EXPECT_THAT(far_.closed->error().message(), HasSubstr("receives too slowly"));
  EXPECT_EQ(far_.written, 0u);
  ASSERT_TRUE(net_.until([&] { return near_.written > 0; }));
  EXPECT_FALSE(near_.closed);
}

TEST_F(TcpLink, ALinkDestroyedInAnyOfItsHandlersIsSilentAfterwards) {
  for (int which = 0; which < 3; ++which) {
    End near, far;
    net_.pair(near, far);
    int calls = 0;
    // What the handler captures must live until it returns, although its link does not.
    const auto destroy = [&, mark = std::make_shared<std::string>(100, 'm')] {
      near.link.reset();
      ++calls;
      EXPECT_EQ(mark->size(), 100u);
    };
    near.link->start(
        {.on_bytes = [=, &calls](BytesView) { which == 0 ? destroy() : void(++calls); },
         .on_written =
             [=](std::size_t) {
               if (which == 1) destroy();
             },
         .on_closed =
             [=](Status) {
               if (which == 2) destroy();
             }});
    far.start();
    if (which == 1) near.link->write("to you");
    if (which == 0) far.link->write("to me");
    if (which == 2) far.link->close();
    ASSERT_TRUE(net_.until([&] { return near.link == nullptr; }));
    if (which != 2) far.link->write("to nobody");
    net_.idle();
    EXPECT_EQ(calls, 1) << which;
  }
}

TEST_F(TcpLink, LetsGoOfItsHandlersWhenItIsDestroyed) {
  net_.pair(near_, far_);
  const auto mark = std::make_shared<int>(7);
  near_.link->start(
      {.on_bytes = [mark](BytesView) {}, .on_written = nullptr, .on_closed = nullptr});
  EXPECT_EQ(mark.use_count(), 2);
  near_.link.reset();
  EXPECT_EQ(mark.use_count(), 1);
}

TEST_F(TcpLink, LinksLeftOpenWhenTheLoopEndsLeakNothing) {
  const auto mark = std::make_shared<int>(7);
  {
    Net net;
    End near, far;
    net.pair(near, far);
    near.link->start(
        {.on_bytes = [mark](BytesView) {}, .on_written = nullptr, .on_closed = nullptr});
    far.start();
    near.link->write(Bytes(30'000'000, 'w'));
    net.loop.poll_for(Duration(1));
  }
  EXPECT_EQ(mark.use_count(), 1);
}

}  // namespace
}  // namespace relais::link
