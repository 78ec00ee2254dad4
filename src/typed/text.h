#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relais/value.h"

namespace relais::typed {

bool is_utf8(std::string_view text);
/// The JSON that Transaction::insert_json takes.
std::string to_json(const Value& value);

/// A place in a document: as paths write it, and as errors show it, with indices for elements and
/// '*' for map keys, which are text of the document.
struct Where {
  std::string path;
  std::string shown;
  std::size_t steps = 0;

  Where below(std::string_view name) const;
  Where below(const std::vector<std::string>& names) const;
  Where key(std::string_view name) const;
  /// `step`: the id of an element or, while that is unknown, its index.
  Where element(std::string_view step, std::size_t index) const;
};

}  // namespace relais::typed
