#pragma once

#include <map>
#include <string>

#include "base/bytes.h"

namespace relais::testing {

/// A file of tests/golden/v1: lines "name hex". They stand for what is out in the field: a line is
/// added with a new kind of thing, and never changed. To add lines: RELAIS_GOLDEN=write in the
/// environment, which keeps the lines that are there.
class Golden {
 public:
  explicit Golden(const std::string& file);
  ~Golden();
  Golden(const Golden&) = delete;
  Golden& operator=(const Golden&) = delete;

  /// The bytes of that name; a failure, and nothing, if there are none.
  Bytes bytes(const std::string& name);
  /// A failure unless `made` is what the file has under that name. Gives what the file has.
  Bytes expect(const std::string& name, const Bytes& made);
  /// In writing mode adds `made`, if that name is new: for what may be made in several ways.
  void add(const std::string& name, const Bytes& made);

 private:
  std::string path_;
  std::map<std::string, Bytes> lines_;
  bool writing_;
  bool grown_ = false;
};

}  // namespace relais::testing
