#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times in milliseconds since 1970, as people and programs read and write them. A clock may say
/// anything: what the calendar can't hold is shown as its first or last day.
namespace cli {

/// The time now.
std::int64_t now_ms();

/// For programs: ISO 8601 in UTC, "2026-11-29T12:03:12.125Z".
std::string iso_time_ms(std::int64_t time_ms);

/// For people: this machine's time beside UTC, "2026-11-29 14:03:12 +0200 (12:03:12 UTC)"; where
/// the date is another one, that too; on a machine that keeps UTC, "2026-11-29 12:03:12 UTC".
std::string local_time(std::int64_t time_ms);

/// Reads what the two print, and ISO 8601 with any zone: "2026-11-29T14:03:12+02:00". A whole
/// second is meant to its end: a history shows no more of it. Nothing: it is no time.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace cli
