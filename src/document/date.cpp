#include "document/date.h"

#include <chrono>

namespace relais::document {
namespace {

using std::chrono::year_month_day;

constexpr std::chrono::sys_days kFirst{std::chrono::year{1900} / 1 / 1};

/// -1 if a character is not a digit.
int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void put_digits(char* out, unsigned value, int count) {
  for (; count > 0; value /= 10) out[--count] = static_cast<char>('0' + value % 10);
}

}  // namespace

bool parse_date(std::string_view text, std::uint16_t& days) {
  if (text.size() != kDateBytes || text[4] != '-' || text[7] != '-') return false;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return false;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{unsigned(month)},
                            std::chrono::day{unsigned(day)}};
  if (!date.ok()) return false;
  const auto since = (std::chrono::sys_days{date} - kFirst).count();
  if (since < 0 || since > 0xffff) return false;
  days = static_cast<std::uint16_t>(since);
  return true;
}

void put_date(Bytes& out, std::uint16_t days) {
  const year_month_day date{kFirst + std::chrono::days{days}};
  char text[kDateBytes] = {0, 0, 0, 0, '-', 0, 0, '-', 0, 0};
  put_digits(text, static_cast<unsigned>(int(date.year())), 4);
  put_digits(text + 5, unsigned(date.month()), 2);
  put_digits(text + 8, unsigned(date.day()), 2);
  out.append(text, kDateBytes);
}

}  // namespace relais::document
