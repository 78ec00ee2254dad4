#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "relais/result.h"

/// Links: reliable, ordered byte streams between two devices. A link may break after any byte.
namespace relais::link {

/// One end of an open connection. Everything is asynchronous, in the thread of the loop; no call
/// invokes a handler before it has returned. A handler may write to, close or destroy its own link.
///
/// How it ends: the side that calls `close()` sends what it has written, then its end. The other
/// side then sends what it has written, and both get `on_closed(ok)`. See docs/spec/link.md.
///
/// Threads: the loop's, for every call.
class Link {
 public:
  struct Handler {
    std::function<void(BytesView)> on_bytes;
    std::function<void(std::size_t)> on_written;  ///< so many more bytes were handed to the system
    std::function<void(Status)> on_closed;        ///< once, last; ok if the other side closed
  };

  virtual ~Link() = default;  ///< closes at once; no handler runs afterwards
  /// Call once. Bytes written and a `close()` made before it wait for it.
  virtual void start(Handler handler) = 0;
  /// Bytes written after `close()` or `on_closed` are dropped. If more than
  /// limits::kLinkUnsentBytes are written and not yet reported by `on_written`, the link fails
  /// (limit_exceeded).
  virtual void write(Bytes bytes) = 0;
  /// Closes once everything written is sent, or after limits::kLinkLingerTime. Bytes that arrive
  /// afterwards are dropped.
  virtual void close() = 0;
  /// Host and port of the other side, for display; empty if there is none.
  virtual std::string remote() const = 0;
  /// The other side's address in 16 bytes, IPv4 as ::ffff:a.b.c.d; empty if there is none.
  virtual Bytes remote_address() const { return {}; }
};

/// A connection attempt in progress.
class Attempt {
 public:
  virtual ~Attempt() = default;  ///< cancels it; its callback does not run afterwards
};

class Listener {
 public:
  virtual ~Listener() = default;          ///< stops listening
  virtual std::string local() const = 0;  ///< HOST:PORT, with the actual port if 0 was asked for
};

}  // namespace relais::link
