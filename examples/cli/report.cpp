#include "report.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <sstream>
#include <system_error>

namespace cli {
namespace {

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// "340 bytes", "1.2 kB": one digit after the point.
std::string tenths(std::uint64_t number, std::uint64_t unit, std::string_view name) {
  const std::uint64_t all = (number * 10 + unit / 2) / unit;
  return std::to_string(all / 10) + '.' + std::to_string(all % 10) + ' ' + std::string(name);
}

std::string advice_of(const Fault& fault) {
  return fault.advice.empty() ? std::string(advice_for(fault.error.code())) : fault.advice;
}

/// With a capital and a full stop. What begins with a place, as "register.ndjson: line 2: …",
/// stays.
std::string as_sentence(std::string message) {
  if (message.empty()) return message;
  if (message.find(':') == std::string::npos && message[0] >= 'a' && message[0] <= 'z') {
    message[0] = static_cast<char>(message[0] - 'a' + 'A');
  }
  const bool ended = std::string_view(".?!").find(message.back()) != std::string_view::npos;
  return ended ? message : message + '.';
}

void write_error(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

void say(std::string_view line, Tone tone) {
  const std::string shown = toned(tone, relais::printable(line), STDOUT_FILENO) + '\n';
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
  write_error("relais: " + relais::printable(as_sentence(std::string(line))) + '\n');
}

int report_fault(const Fault& fault, bool json) {
  const std::string advice = advice_of(fault);
  const std::string message = as_sentence(fault.error.message());
  if (json) {
    Json object{{"error", to_string(fault.error.code())}, {"message", message}};
    if (!advice.empty()) object["advice"] = advice;
    write_error(relais::printable(dump(object, -1)) + '\n');
    return fault.exit_code;
  }
  write_error(toned(Tone::fault, "relais: " + relais::printable(message), STDERR_FILENO) + '\n');
  if (!advice.empty()) write_error("  " + relais::printable(advice) + '\n');
  return fault.exit_code;
}

void report_note(std::string_view sentence, bool json) {
  const std::string text = json ? dump(Json{{"note", sentence}}, -1) : std::string(sentence);
  write_error(relais::printable(text) + '\n');
}

void report_interruption(std::string_view sentence, bool json) {
  const std::string text = json ? dump(Json{{"error", "interrupted"}, {"message", sentence}}, -1)
                                : "relais: " + std::string(sentence);
  write_error(relais::printable(text) + '\n');
}

Outcome close_output(bool wrote) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  // Where it was an earlier write that failed, its reason is forgotten.
  const std::string why = errno != 0 ? std::generic_category().message(errno) : "a write failed";
  return Fault{relais::Error(relais::ErrorCode::store_failed,
                             "The output could not be written: " + why + '.'),
               kExitFailed,
               wrote ? "What the command wrote to the store stays written. Check the disk, or the "
                       "program that reads the output."
                     : "Check the disk, or the program that reads the output."};
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
