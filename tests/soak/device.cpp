#include "soak/device.h"

#include <algorithm>

namespace relais::soak {
namespace {

constexpr int kAttempts = 100;
constexpr int kFirstPause = 30,
              kLongestPause = 1000;  // ms; doubled each time, and drawn below that
constexpr int kShareWith = 8;
constexpr std::chrono::milliseconds kStep{1};
const Options kOptions{Threading::manual, {}};

void add_all(std::map<std::string, std::uint64_t>& to,
             const std::map<std::string, std::uint64_t>& from) {
  for (const auto& [why, count] : from) to[why] += count;
}

/// The hub answered, but was busy or lost the connection.
bool may_try_again(ErrorCode code) {
  return code == ErrorCode::handshake_failed || code == ErrorCode::link_failed ||
         code == ErrorCode::session_closed || code == ErrorCode::timed_out ||
         code == ErrorCode::busy;
}

}  // namespace

void Tally::add(const Tally& other) {
  synced += other.synced;
  in_sync += other.in_sync;
  changes_sent += other.changes_sent;
  changes_received += other.changes_received;
  bytes += other.bytes;
  unseen += other.unseen;
  add_all(tried_again, other.tried_again);
  add_all(failed, other.failed);
}

Device::Device(int number, std::string folder)
    : number_(number),
      folder_(std::move(folder)),
      chance_(static_cast<unsigned>(number + 1)),
      thread_([this] { run(); }) {}

Device::~Device() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Device::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || task_; });
    if (!task_) break;
    lock.unlock();
    task_();
    lock.lock();
    task_ = nullptr;
    changed_.notify_all();
  }
  replica_.reset();
}

void Device::start(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !task_; });
  task_ = std::move(task);
  changed_.notify_all();
}

void Device::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !task_; });
}

Status Device::join(const std::string& invitation, const std::string& address) {
  auto joined =
      Replica::join(folder_, invitation, address, {"Tablet " + std::to_string(number_)}, kOptions);
  if (!joined) return joined.error();
  replica_.emplace(std::move(*joined));
  return {};
}

Status Device::open() {
  auto opened = Replica::open(folder_, kOptions);
  if (!opened) return opened.error();
  replica_.emplace(std::move(*opened));
  return {};
}

Status Device::edit(std::uint64_t round) {
  const auto number = static_cast<std::int64_t>(round);
  const DocumentId own{"", "devices", std::to_string(number_)};
  const DocumentId shared{"", "shared", std::to_string(number_ / kShareWith)};
  const auto write = [&](const std::function<Status(Transaction&)>& edit) {
    return replica_->write(edit);
  };
  if (Status own_written = write([&](Transaction& edit) -> Status {
        if (Status set = edit.set(own, "round", number); !set) return set;
        return edit.update_text(own, "note", "Seen in round " + std::to_string(round));
      });
      !own_written) {
    return own_written;
  }
  return write([&](Transaction& edit) -> Status {
    if (Status set = edit.set(shared, "last", number_); !set) return set;
    return edit.increment(shared, "visits", 1);
  });
}

Result<SyncReport> Device::sync_once(const std::string& address, const OnProgress& under_way) {
  auto sync = replica_->start_sync(address);
  while (true) {
    // Handles only what has arrived, so that a session is seen in each of its steps.
    if (auto report = sync.wait_for(std::chrono::milliseconds(0))) return *std::move(report);
    if (under_way) under_way(sync.progress());
    std::this_thread::sleep_for(kStep);
  }
}

void Device::sync_with(const std::string& address, const OnProgress& under_way, Tally& tally) {
  int pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    const auto report = sync_once(address, under_way);
    if (report) {
      ++tally.synced;
      tally.in_sync += report->in_sync ? 1 : 0;
      tally.changes_sent += report->changes_sent;
      tally.changes_received += report->changes_received;
      tally.bytes += report->handshake_bytes + report->bytes_sent + report->bytes_received;
      return;
    }
    const std::string why(to_string(report.error().code()));
    if (attempt == kAttempts || !may_try_again(report.error().code())) {
      tally.failed[why] = 1;
      return;
    }
    ++tally.tried_again[why];
    const int drawn = std::uniform_int_distribution(pause / 2, pause)(chance_);
    std::this_thread::sleep_for(std::chrono::milliseconds(drawn));
    pause = std::min(2 * pause, kLongestPause);
  }
}

Tally Device::sync(const std::string& address) {
  Tally tally;
  sync_with(address, {}, tally);
  return tally;
}

Tally Device::sync_and_wait(const std::string& address, std::uint64_t round, Hold& hold) {
  Tally tally;
  bool held = false;
  const OnProgress in_the_middle = [&](const SyncProgress& now) {
    if (held || now.to_send == 0) return;
    held = true;
    hold.arrive();
  };
  while (!held && tally.failed.empty()) {
    if (const Status written = edit(round); !written) {
      tally.failed[std::string(to_string(written.error().code()))] = 1;
      break;
    }
    sync_with(address, in_the_middle, tally);
    tally.unseen += held ? 0 : 1;
    if (tally.unseen == kAttempts) tally.failed["no sync was seen in its middle"] = 1;
  }
  if (!held) hold.pass();
  return tally;
}

Result<std::string> Device::exported() {
  std::string lines;
  const auto add = [&](const DocumentId& id, std::string_view json) {
    lines.append(R"({"collection":")").append(id.collection).append(R"(","doc":)").append(json);
    lines.append(R"(,"id":")").append(id.id).append("\"}\n");
    return true;
  };
  const auto read = replica_->each_document(add);
  if (!read) return read.error();
  if (!read->empty()) return read->front().error;
  return lines;
}

}  // namespace relais::soak
