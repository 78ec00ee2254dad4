#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/deed.h"

namespace relais::model {

/// A line of dump.py: a script and the result of the executable model.
struct Recorded {
  struct Result {
    Set admitted = 0;
    Set gone = 0;
    std::string state;
  };
  Setting setting;
  std::vector<Deed> deeds;
  std::vector<std::string> changes;
  std::vector<Result> results;
};

Recorded parse(std::string_view line);

/// A script as dump.py reads it.
std::string line_of(const Setting& setting, const std::vector<Deed>& deeds);

/// How this model differs; empty if it does not.
std::string difference(const Recorded& recorded);

}  // namespace relais::model
