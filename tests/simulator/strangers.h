#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Who come to devices' doors at any time and are nobody: they say nothing, a part of a first
/// message, any bytes, or what a member said at another link. Devices answer them with silence, and
/// let them wait no longer than anybody.
class Strangers {
 public:
  Strangers(const Context& context, const testing::Chance& chance)
      : context_(context), chance_(chance.split("strangers")) {}

  /// At the first day's beginning: from now on, to the end; also when no faults are left.
  void begin();

 private:
  struct InboundSession;
  void connect_later();
  void connect();
  void connect_to(Device& device);
  Bytes words(InboundSession& visit);

  const Context& context_;
  testing::Chance chance_;
  Instant first_midnight_{};
};

}  // namespace relais::simulator
