#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "relais/document.h"
#include "relais/error.h"
#include "relais/export.h"
#include "relais/ids.h"
#include "relais/sync.h"

namespace relais {

/// A document that one device's changes affected.
struct DocumentChange {
  DocumentId document = {};
  DeviceId by = {};    ///< the device that wrote the changes
  bool local = false;  ///< `by` is this device
  /// The written fields, each once, with list elements by their ids. Empty: the document as a
  /// whole, or more than 64 fields.
  std::vector<std::string> paths = {};
};

/// A change of the replica's data or state.
struct Event {
  enum class Kind : std::uint8_t {
    documents_changed,   ///< by a local write or a sync: `documents`, at most 1024
    membership_changed,  ///< devices, rights or keys
    device_joined,       ///< `device`, by an invitation of this device
    sync_finished,       ///< an inbound one: `report`
    sync_failed,         ///< an inbound one: `error_code`
    stopped,             ///< a write failed: close the replica and open it again
    missed,              ///< the handler was too slow, and changes were dropped: read again
  };
  Kind kind = Kind::documents_changed;
  std::vector<DocumentChange> documents = {};
  DeviceId device = {};
  SyncReport report = {};
  ErrorCode error_code = ErrorCode::closed;
};

/// RAII handle: destruction unsubscribes an observer, or stops a server.
/// A handler isn't called after that, but a call that is running continues: destruction doesn't
/// wait for it. A server has stopped listening when destruction returns.
class RELAIS_API Subscription {
 public:
  Subscription();
  explicit Subscription(std::shared_ptr<void> held);
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

 private:
  std::shared_ptr<void> held_;
};

}  // namespace relais
