#pragma once

#include <vector>

#include "document/edit/draft.h"
#include "trace.h"

namespace bench {

struct Written {
  relais::document::Position position;
  relais::document::Change change;
};

/// The device of one author: edits the text, one change for each batch.
class Device {
 public:
  Device(std::size_t author, std::size_t batch);

  /// Makes room for an edit in the change, or begins a new one.
  void edit(const std::vector<Patch>& patches);
  /// Finishes the change being written, if any.
  void commit();
  /// Applies changes of others, decoded from bytes.
  void receive(const Written& written);

  std::string text() const;
  relais::document::State& state() { return state_; }
  const std::vector<Written>& changes() const { return changes_; }

 private:
  void begin();

  relais::document::Position position_;
  std::size_t batch_;
  std::size_t edits_ = 0;  ///< of the change being written
  relais::document::State state_;
  std::optional<relais::document::Draft> draft_;
  std::vector<Written> changes_;
};

std::string text_of(const relais::document::State& state);

/// Plays a trace to its end on as many devices as it has authors. With several, an edit waits for
/// what it had seen, and a change ends at what another author saw.
std::vector<Device> play(const Trace& trace, std::size_t batch);

}  // namespace bench
