#pragma once

#include <string>

#include "document/json/dom.h"
#include "document/state/table.h"

/// JSON in the form of to_json, to compare new values with present ones. Only for .cpp files.
namespace relais::document {

/// Parsed and checked JSON.
void put_json(std::string& out, const simdjson::dom::element& json);
inline std::string canonical(const simdjson::dom::element& json) {
  std::string out;
  put_json(out, json);
  return out;
}
/// What a node shows.
void put_json(std::string& out, const ChangeTable& changes, const Node& node);

}  // namespace relais::document
