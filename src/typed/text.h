#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relais/value.h"

namespace relais::typed {

bool is_utf8(std::string_view text);
/// As Transaction::insert_json takes it.
std::string to_json(const Value& value);

/// Where something is in a document: as paths take it, and as errors show it, where elements have
/// indices and a map's keys, which are text of the document, are '*'.
struct Where {
  std::string path;
  std::string shown;
  std::size_t steps = 0;

  Where below(std::string_view name) const;
  Where below(const std::vector<std::string>& names) const;
  Where key(std::string_view name) const;
  /// `step`: an element's id or, where that isn't known yet, its index.
  Where element(std::string_view step, std::size_t index) const;
};

}  // namespace relais::typed
