#include "moment.h"

#include <charconv>
#include <optional>

#include "report.h"
#include "times.h"

namespace cli {
namespace {

using relais::ChangeId;
using relais::Error;
using relais::ErrorCode;
using relais::Moment;

constexpr std::string_view kNow = "now";

template <class Number>
std::optional<Number> parse_number(std::string_view digits) {
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

/// The parts of a change's name.
struct ChangeName {
  std::string_view compartment;
  std::string_view author;
  std::uint64_t seq = 0;

  bool names(const ChangeId& change) const {
    return change.seq == seq && to_hex(change.compartment.view()).starts_with(compartment) &&
           to_hex(change.author.view()).starts_with(author);
  }
};

bool is_hex(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<ChangeName> parse_change(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.');
  if (first == last) return std::nullopt;
  ChangeName name{text.substr(0, first), text.substr(first + 1, last - first - 1)};
  const auto seq = parse_number<std::uint64_t>(text.substr(last + 1));
  if (!seq || !is_hex(name.compartment) || !is_hex(name.author)) return std::nullopt;
  name.seq = *seq;
  return name;
}

std::string joined(const ChangeId& change, std::size_t of_compartment, std::size_t of_author) {
  return to_hex(change.compartment.view()).substr(0, of_compartment) + '.' +
         to_hex(change.author.view()).substr(0, of_author) + '.' + std::to_string(change.seq);
}

}  // namespace

std::string change_name(const ChangeId& change) {
  return joined(change, std::string::npos, std::string::npos);
}

std::string short_change_name(const ChangeId& change) { return joined(change, 4, 8); }

std::string check_moment(const std::string& text) {
  if (text == kNow || parse_change(text) || parse_time(text)) return {};
  return "a moment is a change, like 1f0c.3f9a1c20.7, a time, like 2026-03-01T09:30:00Z, or now";
}

relais::Result<Moment> find_moment(const std::string& text,
                                   const std::vector<relais::HistoryEntry>& history) {
  if (text == kNow) return Moment::now();
  const auto name = parse_change(text);
  if (!name) return Moment::at(parse_time(text).value());
  std::optional<ChangeId> found;
  for (const relais::HistoryEntry& entry : history) {
    if (!name->names(entry.id)) continue;
    if (found) return Error(ErrorCode::invalid_argument, "Several changes have names like this.");
    found = entry.id;
  }
  if (found) return Moment::after(*found);
  return Error(ErrorCode::not_found, "The document has no such change.");
}

}  // namespace cli
