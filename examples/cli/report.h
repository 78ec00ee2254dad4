#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "counted.h"
#include "outcome.h"
#include "relais/relais.h"
#include "terminal.h"
#include "times.h"

/// What people and programs read: lines on standard output, or JSON with --json; faults on
/// standard error.
namespace cli {

using Json = nlohmann::ordered_json;

/// A line on standard output, there at once even in a pipe. What a terminal would obey in it, and
/// what nobody would see, is escaped (relais::printable): all output goes through here, so that no
/// name, path or value reaches a terminal raw.
void say(std::string_view line, Tone tone = Tone::plain);
/// One line of JSON on standard output. Bytes that are not UTF-8 become U+FFFD; what `say` escapes
/// is escaped as JSON has it, so that a program reads what is meant.
void say_json(const Json& json);
/// What was done: for a program, or for people.
void report(bool json, const Json& object, std::string_view line);
/// JSON over several lines on standard output.
void say_pretty(const Json& json);

/// A line on standard error, about what was passed over.
void warn(std::string_view line);
/// Says on standard error why it failed; its exit code.
int report_fault(const Fault& fault, bool json);
/// A sentence on standard error that is no fault.
void report_note(std::string_view sentence, bool json);
/// A sentence on standard error for a command that a signal cut off.
void report_interruption(std::string_view sentence, bool json);
/// Whether all that was said could be written; call it last. `wrote`: to a store, before that.
Outcome close_output(bool wrote);

std::string to_hex(std::string_view bytes);
/// "340 bytes", "4.5 kB", "12.1 MB".
std::string bytes_text(std::uint64_t bytes);
std::string seconds_text(std::chrono::milliseconds time);

std::string_view kind_name(relais::FieldKind kind);
Json value_json(const relais::Value& value);

/// Devices as people know them: name and the first 8 digits of the id, "Tablet 2 (3f9a1c20)".
class DeviceNames {
 public:
  explicit DeviceNames(const relais::Replica& replica) : replica_(replica) {}
  const std::string& name(const relais::DeviceId& device);
  std::string label(const relais::DeviceId& device);

 private:
  const relais::Replica& replica_;
  std::map<relais::DeviceId, std::string> names_;
};

std::string device_label(const relais::DeviceId& device, std::string_view name);

}  // namespace cli
