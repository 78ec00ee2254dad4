#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Checks devices at night, while none syncs: whether all sessions are closed; and every thirtieth
/// night, by closing and opening some, what memory they used. What a device collects while it runs
/// is bounded; what it needs at once grows no faster than what it stores.
class ResourceCheck {
 public:
  /// `tell` gets a line of JSON for each month; may be empty.
  using Tell = std::function<void(const std::string&)>;
  ResourceCheck(const Context& context, Tell tell) : context_(context), tell_(std::move(tell)) {}

  void plan(const Day& day);

 private:
  /// Sums over the measured devices, in bytes.
  struct Month {
    std::size_t day = 0;
    std::size_t devices = 0;
    std::size_t logs = 0;          ///< rows of all their log tables
    std::size_t stored = 0;        ///< keys and values
    std::size_t running = 0;       ///< freed by closing them
    std::size_t most_running = 0;  ///< of one device
    std::size_t opened = 0;        ///< allocated by opening them
  };

  void check_quiet();
  void measure(std::size_t day);
  void measure_device(Node& node, Month& month);
  void check_growth(const Month& month);
  void tell(const Month& month) const;

  const Context& context_;
  const Tell tell_;
  std::optional<Month> first_;
  std::size_t next_ = 0;  ///< next device to measure
};

}  // namespace relais::simulator
