#pragma once

#include <string>

#include "document/json/dom.h"
#include "document/state/table.h"

/// JSON in the form of to_json, to compare what is to be put with what is there. Only for .cpp
/// files.
namespace relais::document {

/// Parsed and checked JSON, as it will read.
void put_json(std::string& out, const simdjson::dom::element& json);
inline std::string canonical(const simdjson::dom::element& json) {
  std::string out;
  put_json(out, json);
  return out;
}
/// What a node of a state reads.
void put_json(std::string& out, const ChangeTable& changes, const Node& node);

}  // namespace relais::document
