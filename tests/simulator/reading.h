#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "relais/document.h"
#include "simulator/device.h"

namespace relais::simulator {

struct Field {
  DocumentId document;
  std::string path;
  auto operator<=>(const Field&) const = default;
};

/// One value of a register.
struct Sibling {
  std::string token;
  std::string written;  ///< author and time; empty: unknown
  std::uint32_t rank = 0;
  bool operator==(const Sibling&) const = default;
};

/// The reading of one field on a device.
struct Reading {
  FieldKind kind = FieldKind::value;
  std::vector<Sibling> values;        ///< the one shown first
  std::vector<std::int64_t> times;    ///< of the values, by their authors' clocks
  std::vector<std::string> elements;  ///< of a list or a set, words of a text
  std::int64_t count = 0;
  std::vector<std::string> voids;  ///< why there is no value
  bool operator==(const Reading&) const = default;
};

Reading read_field(Device& device, const Field& field);

bool contains(const std::vector<Sibling>& siblings, const Sibling& one);
bool contains(const std::vector<std::string>& tokens, const std::string& one);
/// The sibling with that token; null if none.
const Sibling* find(const std::vector<Sibling>& siblings, const std::string& token);

/// Whether both show the same: values by token and rank, elements in the same order.
bool shows_alike(const Reading& a, const Reading& b);
/// The same in any order.
bool holds_alike(const Reading& a, const Reading& b);

}  // namespace relais::simulator
