#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relais {

/// Where a host wants its handlers to run: two pointers, so that it crosses a C ABI.
/// `post` must run `task(data)` exactly once, later, and may be called from any thread. It is never
/// called with a lock held. Relais gives each handler's next task only after the one before ran.
/// relais/event_queue.h has one for hosts with a loop of their own.
struct Executor {
  void (*post)(void* context, void (*task)(void* data), void* data) = nullptr;
  void* context = nullptr;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// What a host wants to know of the library's work, for its own log. Messages are English
/// sentences without keys, names and text of documents. `write` is called as handlers are: through
/// the executor, never with a lock held. It must not throw.
struct LogSink {
  void (*write)(void* context, LogLevel level, std::string_view message) = nullptr;
  void* context = nullptr;
  LogLevel least = LogLevel::info;  ///< what is below this isn't told
};

enum class Threading : std::uint8_t {
  own,     ///< the library has one thread for links, timers and handlers
  manual,  ///< the host calls `Replica::poll`; nothing runs otherwise
};

struct Options {
  Threading threading = Threading::own;
  Executor executor = {};  ///< for handlers; none: the library's thread, or `Replica::poll`
  LogSink log = {};
};

/// Which part of a collection goes into which compartment. An empty `section` is the collection's
/// default; an empty `collection` too is the space's. A section is a document's field of the first
/// step: `legal` in "legal/stage".
struct SectionRule {
  std::string collection = {};
  std::string section = {};
  std::string label = {};
  /// Of a collection's default: sections without a rule of their own are refused when a device
  /// writes (`unknown_section`), so that a misspelt one isn't kept where more devices may read it.
  /// Sections that exist are read, and may be changed and erased.
  bool closed = false;
};

struct CreateOptions {
  std::string space_name = {};  ///< for people; kept in a document that all members read
  std::string device_name = {};
  std::vector<SectionRule> sections = {};  ///< none: everything under one label, "records"
};

struct InviteOptions {
  std::chrono::minutes valid{10};
  /// Labels the new member may read and write; none: all of the space's at that time.
  std::vector<std::string> labels = {};
};

struct JoinOptions {
  std::string device_name = {};
};

}  // namespace relais
