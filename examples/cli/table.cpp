#include "table.h"

#include <algorithm>

#include "display_width.h"
#include "report.h"

namespace cli {

bool Table::is_number(std::size_t column) const {
  return std::find(numbers_.begin(), numbers_.end(), column) != numbers_.end();
}

void Table::print(std::string_view indent, Tone first) const {
  constexpr std::string_view kGap = "  ";
  std::vector<std::size_t> widths;
  for (const Row& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::size_t taken = display_width(relais::printable(row[column]));
      widths[column] = std::max(widths[column], taken);
    }
  }
  for (const Row& row : rows_) {
    std::string line(indent);
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (column > 0) line += kGap;
      const std::string cell = padded_to(row[column], widths[column]);
      const std::size_t spaces = cell.size() - row[column].size();
      line += is_number(column) ? cell.substr(row[column].size(), spaces) + row[column] : cell;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    say(line, &row == &rows_.front() ? first : Tone::plain);
  }
}

}  // namespace cli
