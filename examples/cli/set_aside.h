#pragma once

#include <string>

#include "relais/result.h"

namespace cli {

/// A store makes way for another one, which is made beside it:
///
///   DIR            the store
///   DIR.joining    the new one, until it holds what other devices hold
///   DIR.damaged-N  a store that made way; N counts from 1
///
/// Nothing is overwritten or deleted. A crash between any two steps leaves what the next run goes
/// on with.
class Replacement {
 public:
  /// Links are followed: afterwards they lead to the new store.
  explicit Replacement(const std::string& folder);

  /// Where the new store is made.
  const std::string& unfinished() const { return unfinished_; }

  /// Puts the new store in its place, durably; it must be closed. Gives what the last store that
  /// made way is called now, by this run or one before; empty if none did.
  /// Fails: store_failed.
  relais::Result<std::string> finish() const;

 private:
  std::string aside(int number) const;

  std::string folder_;
  std::string unfinished_;
};

}  // namespace cli
