#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "relais/replica.h"

namespace cli {

/// One edit of a document, as it stands on the command line:
///   PATH=JSON   write a value; an object field by field, a list as a whole
///   PATH+=JSON  append to a list, add to a set, add a number to a counter
///   PATH-=JSON  remove from a set, subtract a number from a counter
///   PATH~=TEXT  make a text read TEXT, by the smallest edits
///   PATH-       delete the field; the object that it was in stays
/// A kind after the path makes a field of that kind where nothing is:
///   PATH:counter=N, PATH:counter+=N, PATH:counter-=N
///   PATH:set=[JSON,…], PATH:set+=JSON, PATH:set-=JSON
///   PATH:last-writer=JSON, PATH:rankN=JSON
/// The first '=' ends the path: a name with '=' in it is written through the object above it. An
/// empty path, with '=' or '-' alone, is the whole document.
struct Assignment {
  enum class Sign : std::uint8_t { put, add, take, text, erase };
  enum class Kind : std::uint8_t { any, counter, set, last_writer, ranked };
  Sign sign = Sign::put;
  Kind kind = Kind::any;
  std::uint32_t rank = 0;  ///< of Kind::ranked
  std::string path;
  std::string value;
};

/// Fails: invalid_argument. The JSON is not looked at yet.
relais::Result<Assignment> parse_assignment(std::string_view text);

/// Fails: what the transaction says, naming the path.
relais::Status apply(relais::Transaction& transaction, const relais::DocumentId& document,
                     const Assignment& assignment);

/// Prefixes an error of a field with the field's path, unless its message begins with it.
relais::Error at_path(relais::Error error, const std::string& path);

}  // namespace cli
