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

/// A document that changes of one device touched.
struct DocumentChange {
  DocumentId document = {};
  DeviceId by = {};    ///< whose changes they are
  bool local = false;  ///< they are this device's own
  /// Fields that were written, each once, with list elements by their ids. Empty: the document as a
  /// whole, or more than 64 fields.
  std::vector<std::string> paths = {};
};

/// Something that happened to the data.
struct Event {
  enum class Kind : std::uint8_t {
    documents_changed,   ///< here or by a sync: `documents`, at most 1024 of them
    membership_changed,  ///< devices, rights or keys
    device_joined,       ///< by an invitation of this device: `device`
    sync_finished,       ///< with a device that called this one: `report`
    sync_failed,         ///< likewise: `error_code`
    stopped,             ///< a write failed: close the replica and open it again
    missed,              ///< the handler was too slow, and changes were left out: read again
  };
  Kind kind = Kind::documents_changed;
  std::vector<DocumentChange> documents = {};
  DeviceId device = {};
  SyncReport report = {};
  ErrorCode error_code = ErrorCode::closed;
};

/// RAII handle: destruction unsubscribes, or stops a server.
/// An observer's handler isn't called after that, unless it runs already: destruction never waits
/// for it. A server has stopped listening when destruction returns.
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
