#pragma once

#include <map>
#include <string>

#include "base/bytes.h"

namespace relais::testing {

/// A file of tests/golden/v1 with lines "name hex": bytes as devices in the field have stored or
/// sent them. Lines are added for new kinds, and never changed. To add lines, set
/// RELAIS_GOLDEN=write in the environment; existing lines are kept.
class Golden {
 public:
  explicit Golden(const std::string& file);
  ~Golden();
  Golden(const Golden&) = delete;
  Golden& operator=(const Golden&) = delete;

  /// The bytes of that name; a test failure, and empty, if there are none.
  Bytes bytes(const std::string& name);
  /// A test failure unless `made` equals the bytes in the file. Returns the bytes in the file.
  Bytes expect(const std::string& name, const Bytes& made);
  /// When writing, adds `made` if the name is new: for bytes that may be encoded in several ways.
  void add(const std::string& name, const Bytes& made);

 private:
  std::string path_;
  std::map<std::string, Bytes> lines_;
  bool writing_;
  bool grown_ = false;
};

}  // namespace relais::testing
