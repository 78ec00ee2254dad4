#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "terminal.h"

namespace cli {

/// Rows whose cells stand below each other, by the columns that they take on a terminal.
class Table {
 public:
  using Row = std::vector<std::string>;

  /// `numbers`: the columns, from 0, whose cells stand at the right.
  explicit Table(std::vector<std::size_t> numbers = {}) : numbers_(std::move(numbers)) {}

  void add(Row row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  /// Says the rows, after an indent; the first in a tone of its own.
  void print(std::string_view indent, Tone first = Tone::plain) const;

 private:
  bool is_number(std::size_t column) const;

  std::vector<std::size_t> numbers_;
  std::vector<Row> rows_;
};

}  // namespace cli
