#pragma once

#include <vector>

#include "document/edit/draft.h"
#include "trace.h"

namespace bench {

struct Written {
  relais::document::Position position;
  relais::document::Change change;
};

/// One author's device: edits the text, a change per batch.
class Device {
 public:
  Device(std::size_t author, std::size_t batch);

  /// What an edit takes has room in the change, or a new one begins.
  void edit(const std::vector<Patch>& patches);
  /// Ends the change that is being written, if there is one.
  void commit();
  /// Applies the changes of others from the bytes that they are sent as.
  void receive(const Written& written);

  std::string text() const;
  relais::document::State& state() { return state_; }
  const std::vector<Written>& changes() const { return changes_; }

 private:
  void begin();

  relais::document::Position position_;
  std::size_t batch_;
  std::size_t edits_ = 0;  ///< of the change that is being written
  relais::document::State state_;
  std::optional<relais::document::Draft> draft_;
  std::vector<Written> changes_;
};

std::string text_of(const relais::document::State& state);

/// Plays a trace to its end on as many devices as it has authors. With several, an edit waits for
/// what it had seen, and what someone saw ends a change.
std::vector<Device> play(const Trace& trace, std::size_t batch);

}  // namespace bench
