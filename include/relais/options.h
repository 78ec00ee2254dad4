#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relais {

/// Runs the host's handlers. Two pointers, so that it can be passed through a C ABI.
/// `post` must run `task(data)` exactly once, later, and must not throw. It is called from any
/// thread, never with a lock held; a handler's next task is posted only after the previous one ran.
/// For hosts with their own event loop: relais/event_queue.h.
struct Executor {
  void (*post)(void* context, void (*task)(void* data), void* data) = nullptr;
  void* context = nullptr;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Receives the library's log messages: English sentences without keys, names or text of documents.
/// `write` is called like a handler: through the executor, never with a lock held. It must not
/// throw. Null: nothing is logged.
struct LogSink {
  void (*write)(void* context, LogLevel level, std::string_view message) = nullptr;
  void* context = nullptr;
  LogLevel least = LogLevel::info;  ///< the lowest level that is logged
};

enum class Threading : std::uint8_t {
  own,  ///< the library has one thread for links, timers and handlers
  /// The host calls `Replica::poll`; nothing runs otherwise. Reads and writes may come from any
  /// thread; `poll`, `listen`, `sync`, `start_sync`, `Operation::wait` and `close` from one.
  manual,
};

struct Options {
  Threading threading = Threading::own;
  Executor executor = {};  ///< for handlers; none: the library's thread, or `Replica::poll`
  LogSink log = {};
};

/// Maps a section of a collection to the label of its compartment. A section is a field of the
/// first step: `legal` in "legal/stage". An empty `section` is the collection's default; with an
/// empty `collection` too, the space's.
struct SectionRule {
  std::string collection = {};
  std::string section = {};
  std::string label = {};
  /// Only in a collection's default rule: writes to sections without a rule fail
  /// (`unknown_section`), so a misspelt section isn't stored where more devices may read it.
  /// Existing sections can be read, changed and erased.
  bool closed = false;
};

struct CreateOptions {
  std::string space_name = {};  ///< for display; in a document that all members can read
  std::string device_name = {};
  std::vector<SectionRule> sections = {};  ///< empty: one label, "records", for everything
};

/// The joiner becomes a member: devices of other levels can't be invited yet.
struct InviteOptions {
  std::chrono::minutes valid{10};  ///< from 1 minute to 10 years
  /// The labels that the joiner may read and write; empty: all that the space has at that time.
  std::vector<std::string> labels = {};
};

struct JoinOptions {
  std::string device_name = {};
};

}  // namespace relais
