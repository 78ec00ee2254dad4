#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "relais/result.h"

/// What carries bytes, reliably and in order, between two devices; it may end at any byte.
namespace relais::link {

/// One end of an open connection. Everything is asynchronous, in the loop's thread; no call calls
/// back before it returned. A handler may write to, close or destroy its own link.
///
/// How it ends: the side that calls `close()` sends what it has written, then its end. The other
/// side then sends what it has written itself, and both are told `on_closed(ok)`. See
/// docs/spec/link.md.
///
/// Threads: the loop's, for every call.
class Link {
 public:
  struct Handler {
    std::function<void(BytesView)> on_bytes;
    std::function<void(std::size_t)> on_written;  ///< so many bytes more are in the system's hands
    std::function<void(Status)>
        on_closed;  ///< once, last: the other side's end is ok, a fault an error
  };

  virtual ~Link() = default;  ///< closes at once; no handler runs afterwards
  /// Once. Bytes written and a `close()` made before it wait for it.
  virtual void start(Handler handler) = 0;
  /// Bytes written after `close()` or `on_closed` are dropped. Who writes faster than `on_written`
  /// tells loses the link (limit_exceeded) at limits::kLinkUnsentBytes.
  virtual void write(Bytes bytes) = 0;
  /// Closes once all that was written is out, or at limits::kLinkLingerTime. Bytes that arrive
  /// afterwards are dropped.
  virtual void close() = 0;
  /// Host and port of the other side, for people; empty where there is none.
  virtual std::string remote() const = 0;
  /// The other side's address in 16 bytes, IPv4 as ::ffff:a.b.c.d; empty where there is none.
  virtual Bytes remote_address() const { return {}; }
};

/// A connection being made.
class Attempt {
 public:
  virtual ~Attempt() = default;  ///< gives up; its callback doesn't run afterwards
};

class Listener {
 public:
  virtual ~Listener() = default;          ///< stops listening
  virtual std::string local() const = 0;  ///< HOST:PORT; the real port where 0 was asked for
};

}  // namespace relais::link
