#include "assignment.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "suggestion.h"

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;
using Kind = Assignment::Kind;
using Sign = Assignment::Sign;

constexpr std::string_view kCounter = "counter";
constexpr std::string_view kSet = "set";
constexpr std::string_view kLastWriter = "last-writer";
constexpr std::string_view kRank = "rank";

Error not_an_edit(std::string why) { return Error(ErrorCode::invalid_argument, std::move(why)); }

bool is_callers(relais::ErrorCode code) {
  return code < relais::ErrorCode::store_missing && code != relais::ErrorCode::closed;
}

/// Whether the error is of the document, the user or the device: a path would not explain it.
bool names_another_subject(std::string_view message) {
  constexpr std::string_view kBeginnings[] = {
      "A collection's name",       "A document's id", "A scope's name",   "A user's label",
      "There is no such document", "This device",     "That is too much",
  };
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [&](std::string_view begin) { return message.starts_with(begin); });
}

constexpr std::uint32_t kHighestRank = INT32_MAX;

std::optional<std::uint32_t> rank_of(std::string_view word) {
  if (!word.starts_with(kRank)) return std::nullopt;
  word.remove_prefix(kRank.size());
  std::uint32_t rank = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), rank);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  return whole && rank <= kHighestRank ? std::optional(rank) : std::nullopt;
}

/// Whether somebody meant a kind, and wrote another word. Names have colons too: only what is close
/// to a long word counts.
bool is_nearly_a_kind(std::string_view word) {
  return word.starts_with(kRank) || distance(word, kCounter) <= 2 ||
         distance(word, kLastWriter) <= 2;
}

/// Takes the kind from the path's end. Names of fields may have colons: any other word stays.
relais::Status take_kind(std::string_view& path, Assignment& parsed) {
  const std::size_t colon = path.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view word = path.substr(colon + 1);
  const auto rank = rank_of(word);
  if (word == kCounter) {
    parsed.kind = Kind::counter;
  } else if (word == kSet) {
    parsed.kind = Kind::set;
  } else if (word == kLastWriter) {
    parsed.kind = Kind::last_writer;
  } else if (rank) {
    parsed.kind = Kind::ranked;
    parsed.rank = *rank;
  } else {
    if (!is_nearly_a_kind(word)) return {};
    return not_an_edit(
        "A field's kind is written :counter, :set, :last-writer or :rankN, with a number from 0 to "
        "2147483647 for N.");
  }
  path = path.substr(0, colon);
  return {};
}

relais::Status check_sign(const Assignment& parsed) {
  const bool counts = parsed.kind == Kind::counter || parsed.kind == Kind::set;
  const bool known = parsed.kind == Kind::any || parsed.sign == Sign::put ||
                     (counts && (parsed.sign == Sign::add || parsed.sign == Sign::take));
  if (known) return {};
  return not_an_edit(counts ? "A counter and a set are edited with =, += or -=."
                            : "A last-writer value and a ranked value are written with =.");
}

}  // namespace

relais::Result<Assignment> parse_assignment(std::string_view text) {
  Assignment parsed;
  const std::size_t equals = text.find('=');
  std::string_view path;
  if (equals == std::string_view::npos) {
    if (!text.ends_with('-')) {
      return not_an_edit(
          "An edit is written PATH=JSON, PATH+=JSON, PATH-=JSON, PATH~=TEXT or PATH-.");
    }
    parsed.sign = Sign::erase;
    parsed.path = text.substr(0, text.size() - 1);
    return parsed;
  }
  path = text.substr(0, equals);
  if (path.ends_with('+')) parsed.sign = Sign::add;
  if (path.ends_with('-')) parsed.sign = Sign::take;
  if (path.ends_with('~')) parsed.sign = Sign::text;
  if (parsed.sign != Sign::put) path.remove_suffix(1);
  if (const auto taken = take_kind(path, parsed); !taken) return taken.error();
  if (const auto checked = check_sign(parsed); !checked) return checked.error();
  parsed.path = path;
  parsed.value = text.substr(equals + 1);
  const bool of_whole = parsed.sign == Sign::put && parsed.kind == Kind::any;
  if (parsed.path.empty() && !of_whole) {
    return not_an_edit("The edit has no path: only = and - alone are of the whole document.");
  }
  return parsed;
}

Error at_path(Error error, const std::string& path) {
  const std::string_view message = error.message();
  const bool names_it = message.starts_with(path + ':') || message.starts_with(path + '/');
  const bool is_of_field = is_callers(error.code()) && !names_another_subject(message);
  return path.empty() || names_it || !is_of_field ? std::move(error)
                                                  : std::move(error).within(path);
}

}  // namespace cli
