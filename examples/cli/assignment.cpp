#include "assignment.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;
using relais::Status;

Error not_an_edit(std::string why) { return Error(ErrorCode::invalid_argument, std::move(why)); }

bool is_callers(ErrorCode code) {
  return code < ErrorCode::store_missing && code != ErrorCode::closed;
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

Status run(relais::Transaction& transaction, const relais::DocumentId& document,
           const Assignment& assignment) {
  switch (assignment.kind) {
    case Assignment::Kind::put:
      return transaction.put_json(document, assignment.path, assignment.value);
    case Assignment::Kind::append:
      return transaction.append_json(document, assignment.path, assignment.value);
    case Assignment::Kind::update_text:
      return transaction.update_text(document, assignment.path, assignment.value);
    case Assignment::Kind::erase: return transaction.erase(document, assignment.path);
  }
  return {};
}

}  // namespace

relais::Result<Assignment> parse_assignment(std::string_view text) {
  Assignment parsed;
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    if (!text.ends_with('-')) {
      return not_an_edit("An edit is PATH=JSON, PATH+=JSON, PATH~=TEXT or PATH-.");
    }
    parsed.kind = Assignment::Kind::erase;
    parsed.path = text.substr(0, text.size() - 1);
  } else {
    std::string_view path = text.substr(0, equals);
    if (path.ends_with('+')) parsed.kind = Assignment::Kind::append;
    if (path.ends_with('~')) parsed.kind = Assignment::Kind::update_text;
    if (parsed.kind != Assignment::Kind::put) path.remove_suffix(1);
    parsed.path = path;
    parsed.value = text.substr(equals + 1);
  }
  const bool of_whole =
      parsed.kind == Assignment::Kind::put || parsed.kind == Assignment::Kind::erase;
  if (parsed.path.empty() && !of_whole) {
    return not_an_edit("An edit has no path before its sign.");
  }
  return parsed;
}

Status apply(relais::Transaction& transaction, const relais::DocumentId& document,
             const Assignment& assignment) {
  Status done = run(transaction, document, assignment);
  return done ? done : at_path(std::move(done).error(), assignment.path);
}

Error at_path(Error error, const std::string& path) {
  const std::string_view message = error.message();
  const bool names_it = message.starts_with(path + ':') || message.starts_with(path + '/');
  const bool is_of_field = is_callers(error.code()) && !names_another_subject(message);
  return path.empty() || names_it || !is_of_field ? std::move(error)
                                                  : std::move(error).within(path);
}

}  // namespace cli
