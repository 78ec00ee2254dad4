#include "simulator/resource_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulator/heap.h"

namespace relais::simulator {
namespace {

constexpr std::size_t kMonth = 30;
constexpr std::size_t kKiB = 1024;
constexpr std::size_t kLookedAt = 24;  // a month; in turn, if there are more
/// What a device may collect while it runs: buffers, and the keys of as many runs as it caches
/// headers of.
constexpr std::size_t kBuffers = kKiB * kKiB;
constexpr std::size_t kGathered = 3;

std::size_t stored_bytes(const store::Reads& store) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < store::kFamilyCount; ++i) {
    const auto iterator = store.scan(static_cast<store::Family>(i), {}, {});
    for (; iterator->valid(); iterator->next())
      bytes += iterator->key().size() + iterator->value().size();
  }
  return bytes;
}

std::size_t less(std::size_t from, std::size_t what) { return from > what ? from - what : 0; }

}  // namespace

void ResourceCheck::plan(const Day& day) {
  context_.world.events.at(day.midnight + std::chrono::hours(3), [this, day] {
    check_quiet();
    const bool months_end = day.number > 0 && day.number % kMonth == 0;
    // Not on RocksDB, which manages its own memory and threads.
    if (months_end && context_.plan.store == StoreKind::memory) measure(day.number);
  });
}

void ResourceCheck::check_quiet() {
  for (Node* node : context_.nodes.members()) {
    if (!node->device.on() || node->device.core().open_sessions == 0) continue;
    context_.oracles.violation(node->device.name() + " has an open session at night");
  }
}

void ResourceCheck::measure(std::size_t day) {
  Month month;
  month.day = day;
  const auto members = context_.nodes.members();
  for (std::size_t i = 0; i < std::min(kLookedAt, members.size()); ++i) {
    Node& node = *members[next_++ % members.size()];
    if (node.device.on()) measure_device(node, month);
  }
  check_growth(month);
  tell(month);
}

void ResourceCheck::measure_device(Node& node, Month& month) {
  const std::size_t stored = stored_bytes(*node.device.core().store);
  const std::size_t logs = node.device.core().logs.rows().size();
  const auto before = heap_in_use();
  node.device.shut_down();
  const auto closed = heap_in_use();
  if (!node.device.boot() || !before) return;
  const std::size_t running = less(*before, *closed);
  const std::size_t opened = less(*heap_in_use(), *closed);
  ++month.devices;
  month.logs += logs;
  month.stored += stored;
  month.running += running;
  month.opened += opened;
  month.most_running = std::max(month.most_running, running);
  if (running > opened + kGathered * opened + kBuffers) {
    context_.oracles.violation(node.device.name() + " held " + std::to_string(running / kKiB) +
                               " KiB, and needs " + std::to_string(opened / kKiB) + " once opened");
  }
}

void ResourceCheck::check_growth(const Month& month) {
  if (month.devices == 0) return;
  if (!first_) first_ = month;
  // As products: opened now / opened then ≤ 1.5 × stored now / stored then.
  const auto of = [](std::size_t bytes) { return static_cast<double>(bytes); };
  const double slack = of(month.devices * 128 * kKiB);
  if (of(month.opened) <= slack + 1.5 * of(first_->opened) * of(month.stored) / of(first_->stored))
    return;
  context_.oracles.violation("what devices hold in memory grows faster than what they store");
}

void ResourceCheck::tell(const Month& month) const {
  if (!tell_) return;
  const std::size_t devices = std::max<std::size_t>(month.devices, 1);
  const nlohmann::ordered_json line{
      {"day", month.day},
      {"devices_looked_at", month.devices},
      {"operations", context_.world.counts["operations"]},
      {"logs_a_device", month.logs / devices},
      {"stored_kib_a_device", month.stored / devices / kKiB},
      {"engine_kib_a_device", month.running / devices / kKiB},
      {"engine_kib_most", month.most_running / kKiB},
      {"engine_kib_a_device_once_opened", month.opened / devices / kKiB},
      {"events_waiting", context_.world.events.waiting()},
      {"heap_mib", heap_in_use().value_or(0) / kKiB / kKiB},
      {"rss_mib", static_cast<std::uint64_t>(rss_mb())}};
  tell_(line.dump());
}

}  // namespace relais::simulator
