#include "report.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <system_error>

namespace cli {
namespace {

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string padded(std::uint64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// "340 bytes", "1.2 kB": one digit after the point.
std::string tenths(std::uint64_t number, std::uint64_t unit, std::string_view name) {
  const std::uint64_t all = (number * 10 + unit / 2) / unit;
  return std::to_string(all / 10) + '.' + std::to_string(all % 10) + ' ' + std::string(name);
}

std::string advice_of(const Fault& fault) {
  return fault.advice.empty() ? std::string(advice_for(fault.error.code())) : fault.advice;
}

}  // namespace

void say(std::string_view line) {
  const std::string shown = relais::printable(line) + '\n';
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

void say_json(const Json& json) { say(dump(json, -1)); }

void report(bool json, const Json& object, std::string_view line) {
  json ? say_json(object) : say(line);
}

void say_pretty(const Json& json) {
  std::istringstream lines(dump(json, 2));
  for (std::string line; std::getline(lines, line);) say(line);
}

void warn(std::string_view line) {
  const std::string text = "relais: " + relais::printable(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int report_fault(const Fault& fault, bool json) {
  const std::string advice = advice_of(fault);
  std::string text;
  if (json) {
    Json object{{"error", to_string(fault.error.code())}, {"message", fault.error.message()}};
    if (!advice.empty()) object["advice"] = advice;
    text = relais::printable(dump(object, -1)) + '\n';
  } else {
    text = "relais: " + relais::printable(fault.error.message()) + '\n';
    if (!advice.empty()) text += "  " + relais::printable(advice) + '\n';
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
  return fault.exit_code;
}

void report_note(std::string_view sentence, bool json) {
  const std::string text = json ? dump(Json{{"note", sentence}}, -1) : relais::printable(sentence);
  std::fputs((text + '\n').c_str(), stderr);
}

Outcome close_output() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  // Where it was an earlier write that failed, its reason is forgotten.
  const std::string why = errno != 0 ? std::generic_category().message(errno) : "a write failed";
  return Fault{relais::Error(relais::ErrorCode::store_failed,
                             "The output could not be written: " + why + '.'),
               kExitFailed, "Does the disk, or the program that reads the output, take more?"};
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 0x0f];
  }
  return hex;
}

std::int64_t now_ms() {
  using namespace std::chrono;  // NOLINT: one line of clock arithmetic
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

namespace {

/// Four digits, and a sign where those are not enough, as ISO 8601 has it.
std::string year_text(int year) {
  const std::string digits = padded(static_cast<std::uint64_t>(std::abs(year)), 4);
  if (year >= 0 && year <= 9999) return digits;
  return (year < 0 ? '-' : '+') + digits;
}

/// A clock may say anything: what the calendar can't hold is shown as its first or last day.
std::chrono::milliseconds in_calendar(std::int64_t time_ms) {
  using namespace std::chrono;  // NOLINT: calendar types
  const milliseconds first = sys_days(year::min() / January / 1).time_since_epoch();
  const milliseconds last = sys_days(year::max() / December / 31).time_since_epoch();
  return std::clamp(milliseconds(time_ms), first, last);
}

}  // namespace

std::string iso_time(std::int64_t time_ms) {
  std::string text = iso_time_ms(time_ms);
  return text.erase(text.size() - 5, 4);
}

std::string iso_time_ms(std::int64_t time_ms) {
  using namespace std::chrono;  // NOLINT: calendar types
  const sys_time<milliseconds> time{in_calendar(time_ms)};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const auto number = [](auto count, std::size_t width) {
    return padded(static_cast<std::uint64_t>(count), width);
  };
  return year_text(static_cast<int>(date.year())) + '-' +
         number(static_cast<unsigned>(date.month()), 2) + '-' +
         number(static_cast<unsigned>(date.day()), 2) + 'T' + number(clock.hours().count(), 2) +
         ':' + number(clock.minutes().count(), 2) + ':' + number(clock.seconds().count(), 2) + '.' +
         number(clock.subseconds().count(), 3) + 'Z';
}

std::string counted(std::uint64_t number, std::string_view thing) {
  std::string text = std::to_string(number) + ' ' + std::string(thing);
  return number == 1 ? text : text + 's';
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1000) return counted(bytes, "byte");
  return bytes < 1'000'000 ? tenths(bytes, 1000, "kB") : tenths(bytes, 1'000'000, "MB");
}

std::string seconds_text(std::chrono::milliseconds time) {
  return tenths(static_cast<std::uint64_t>(time.count()), 1000, "s");
}

std::string_view kind_name(relais::FieldKind kind) {
  switch (kind) {
    case relais::FieldKind::value: return "value";
    case relais::FieldKind::map: return "map";
    case relais::FieldKind::list: return "list";
    case relais::FieldKind::text: return "text";
    case relais::FieldKind::set: return "set";
    case relais::FieldKind::counter: return "counter";
    case relais::FieldKind::last_writer: return "last-writer value";
    case relais::FieldKind::ranked: return "ranked value";
  }
  return "value";
}

Json value_json(const relais::Value& value) {
  if (const bool* boolean = value.boolean()) return *boolean;
  if (const std::int64_t* integer = value.integer()) return *integer;
  if (const double* number = value.number()) return *number;
  if (const std::string* text = value.text()) return *text;
  if (const auto file = value.attachment()) {
    const std::string_view hash(reinterpret_cast<const char*>(file->hash.data()),
                                file->hash.size());
    return Json{
        {"$attachment", to_hex(hash)}, {"media_type", file->media_type}, {"size", file->size}};
  }
  return nullptr;
}

const std::string& DeviceNames::name(const relais::DeviceId& device) {
  const auto known = names_.find(device);
  if (known != names_.end()) return known->second;
  return names_.emplace(device, replica_.device_name(device)).first->second;
}

std::string DeviceNames::label(const relais::DeviceId& device) {
  return device_label(device, name(device));
}

std::string device_label(const relais::DeviceId& device, std::string_view name) {
  const std::string id = to_hex(device.view()).substr(0, 8);
  return name.empty() ? "device " + id : std::string(name) + " (" + id + ")";
}

}  // namespace cli
