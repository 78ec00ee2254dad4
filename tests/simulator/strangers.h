#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Strangers that connect to devices at any time: they send nothing, a part of a first message,
/// random bytes, or what a member sent on another link. Devices stay silent, and keep the
/// connection no longer than others.
class Strangers {
 public:
  Strangers(const Context& context, const testing::Chance& chance)
      : context_(context), chance_(chance.split("strangers")) {}

  /// Call before the first day: they connect until the end, also after faults have ended.
  void begin();

 private:
  struct Connection;
  void connect_later();
  void connect();
  void connect_to(Device& device);
  Bytes words(Connection& connection);

  const Context& context_;
  testing::Chance chance_;
  Instant first_midnight_{};
};

}  // namespace relais::simulator
