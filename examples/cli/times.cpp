#include "times.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>

namespace cli {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_time;
using std::chrono::year;
using std::chrono::year_month_day;

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(std::abs(value));
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// Four digits, and a sign where those are not enough, as ISO 8601 has it.
std::string year_text(int number) {
  const std::string digits = padded(number, 4);
  if (number >= 0 && number <= 9999) return digits;
  return (number < 0 ? '-' : '+') + digits;
}

sys_time<milliseconds> in_calendar(std::int64_t time_ms) {
  constexpr milliseconds kDay = days(1);  // a zone may lie a day off
  const milliseconds first = sys_days(year::min() / 1 / 1).time_since_epoch() + kDay;
  const milliseconds last = sys_days(year::max() / 12 / 31).time_since_epoch() - kDay;
  return sys_time<milliseconds>(std::clamp(milliseconds(time_ms), first, last));
}

std::string date_text(sys_time<milliseconds> time) {
  const year_month_day date(std::chrono::floor<days>(time));
  return year_text(static_cast<int>(date.year())) + '-' +
         padded(static_cast<unsigned>(date.month()), 2) + '-' +
         padded(static_cast<unsigned>(date.day()), 2);
}

std::chrono::hh_mm_ss<milliseconds> clock_of(sys_time<milliseconds> time) {
  return std::chrono::hh_mm_ss(time - std::chrono::floor<days>(time));
}

std::string clock_text(sys_time<milliseconds> time) {
  const auto clock = clock_of(time);
  return padded(clock.hours().count(), 2) + ':' + padded(clock.minutes().count(), 2) + ':' +
         padded(clock.seconds().count(), 2);
}

/// Of this machine's clock to UTC at that time.
seconds local_offset(sys_time<milliseconds> time) {
  const std::time_t moment = std::chrono::floor<seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::tzset();
  return seconds(::localtime_r(&moment, &parts) != nullptr ? parts.tm_gmtoff : 0);
}

/// Reads from the front of a text; once something is missing, it has failed for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    const std::string_view part = rest_.substr(0, count);
    const bool all =
        part.size() == count && part.find_first_not_of("0123456789") == std::string_view::npos;
    if (!all) return fail();
    std::from_chars(part.data(), part.data() + count, number);
    rest_.remove_prefix(count);
    return number;
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void expect(std::string_view text) {
    if (!take(text)) fail();
  }
  /// The same time in UTC, as it stands behind a local one.
  void skip_parenthesis() {
    const bool there = rest_.starts_with(" (") && rest_.ends_with(" UTC)");
    if (there) rest_ = {};
  }
  bool succeeded() const { return !failed_ && rest_.empty(); }

 private:
  int fail() {
    failed_ = true;
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

sys_days scan_date(Scanner& text, bool& possible) {
  const int of_year = text.digits(4);
  text.expect("-");
  const int of_month = text.digits(2);
  text.expect("-");
  const int of_day = text.digits(2);
  const auto date = year_month_day(year(of_year), std::chrono::month(unsigned(of_month)),
                                   std::chrono::day(unsigned(of_day)));
  possible = date.ok();
  return possible ? sys_days(date) : sys_days();
}

seconds scan_clock(Scanner& text, bool& possible) {
  const int hours = text.digits(2);
  text.expect(":");
  const int minute = text.digits(2);
  text.expect(":");
  const int second = text.digits(2);
  possible = hours < 24 && minute < 60 && second < 60;
  return std::chrono::hours(hours) + minutes(minute) + seconds(second);
}

minutes scan_zone(Scanner& text, bool& possible) {
  possible = true;
  text.take(" ");
  if (text.take("Z") || text.take("UTC")) return minutes(0);
  const bool west = text.take("-");
  if (!west) text.expect("+");
  const int hours = text.digits(2);
  text.take(":");
  const int minute = text.digits(2);
  possible = hours <= 24 && minute < 60;
  const minutes zone = std::chrono::hours(hours) + minutes(minute);
  return west ? -zone : zone;
}

}  // namespace

std::int64_t now_ms() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string iso_time_ms(std::int64_t time_ms) {
  const auto time = in_calendar(time_ms);
  return date_text(time) + 'T' + clock_text(time) + '.' +
         padded(clock_of(time).subseconds().count(), 3) + 'Z';
}

std::string local_time(std::int64_t time_ms) {
  const auto time = in_calendar(time_ms);
  const std::string date = date_text(time);
  const std::string in_utc = clock_text(time) + " UTC";
  const seconds offset = local_offset(time);
  if (offset == seconds(0)) return date + ' ' + in_utc;
  const auto local = time + offset;
  const std::int64_t off = std::chrono::duration_cast<minutes>(offset).count();
  const std::string zone =
      (off < 0 ? '-' : '+') + padded(std::abs(off) / 60, 2) + padded(std::abs(off) % 60, 2);
  const bool same_day = date_text(local) == date;
  return date_text(local) + ' ' + clock_text(local) + ' ' + zone + " (" +
         (same_day ? "" : date + ' ') + in_utc + ')';
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Scanner scanner(text);
  bool date_possible = false;
  bool clock_possible = false;
  bool zone_possible = false;
  const sys_days date = scan_date(scanner, date_possible);
  if (!scanner.take("T")) scanner.expect(" ");
  const seconds clock = scan_clock(scanner, clock_possible);
  const milliseconds rest(scanner.take(".") ? scanner.digits(3) : 999);
  const minutes zone = scan_zone(scanner, zone_possible);
  scanner.skip_parenthesis();
  if (!scanner.succeeded() || !date_possible || !clock_possible || !zone_possible) {
    return std::nullopt;
  }
  return (sys_time<milliseconds>(date) + clock - zone + rest).time_since_epoch().count();
}

}  // namespace cli
