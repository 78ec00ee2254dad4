#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "relais/document.h"
#include "relais/export.h"
#include "relais/replica.h"
#include "relais/result.h"

// Declared, not included: users of a generated message have its header.
namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

/// Documents as Protocol Buffers messages: a component of its own, `relais::typed`.
///
/// Field options in a message's `.proto` (relais/options.proto) give the kind and the section of
/// each field. The caller reads a plain message and changes it; the difference becomes the fewest
/// edits, so that concurrent writes of others stay:
///
///     auto moved = replica.write([&](relais::Transaction& tx) {
///       return relais::typed::update<Case>(tx, id, [](Case& c) { c.set_status(Case::CLOSED); });
///     });
///
/// What a document holds beyond the message, written by a newer schema, is left alone: fields,
/// elements, and enum texts (such a field reads as unset). docs/typed.md is the guide.
///
/// Fails, everywhere: invalid_argument, naming the message and field, if options contradict the
/// type, or the collection of the id is not the message's; wrong_kind if the document holds another
/// kind than the message declares, bad_input if a value does not fit its type, both naming the path
/// of the field. Writing also: bad_input and limit_exceeded, naming the path, for a value that no
/// document may hold; checked before anything is written. Updating also: invalid_argument, if the
/// edit is an empty std::function.
/// Threads: a Replica's calls from any thread; a Transaction's inside `Replica::write`.
namespace relais::typed {

/// The untyped form of the templates below, for any message, also one without generated code;
/// `into` is cleared first.
RELAIS_API Status read_message(const Replica& replica, const DocumentId& document,
                               google::protobuf::Message& into);
RELAIS_API Status read_message(Transaction& transaction, const DocumentId& document,
                               google::protobuf::Message& into);
RELAIS_API Status update_message(Transaction& transaction, const DocumentId& document,
                                 google::protobuf::Message& scratch,
                                 const std::function<Status()>& edit);
RELAIS_API Status write_message(Transaction& transaction, const DocumentId& document,
                                const google::protobuf::Message& from);
RELAIS_API Status create_message(Transaction& transaction, const DocumentId& document,
                                 const google::protobuf::Message& from);
RELAIS_API Status check_type(const google::protobuf::Descriptor& type);
RELAIS_API Status check_sections(const google::protobuf::Descriptor& type,
                                 const std::vector<SectionRule>& rules);
RELAIS_API Result<std::string> path_in(const google::protobuf::Descriptor& type, int number);

/// The document as it reads now; of values in conflict, the one to show (Replica::field has all).
/// Fails: not_found.
template <class Type>
Result<Type> read(const Replica& replica, const DocumentId& document) {
  Type made;
  if (Status done = read_message(replica, document, made); !done) return std::move(done).error();
  return made;
}

/// The same, as of this transaction.
template <class Type>
Result<Type> read(Transaction& transaction, const DocumentId& document) {
  Type made;
  if (Status done = read_message(transaction, document, made); !done) {
    return std::move(done).error();
  }
  return made;
}

namespace detail {

/// Whether a host's callable is an empty std::function.
template <class Callable>
bool is_empty(const Callable&) {
  return false;
}
template <class Signature>
bool is_empty(const std::function<Signature>& callable) {
  return !callable;
}

}  // namespace detail

/// Passes the document as a message to `edit(Type&)`, which changes it and returns nothing, or a
/// Status that aborts the update. If there is no document, the message is empty, and setting a
/// field creates one.
template <class Type, std::invocable<Type&> Edit>
Status update(Transaction& transaction, const DocumentId& document, Edit&& edit) {
  Type made;
  if (detail::is_empty(edit)) return update_message(transaction, document, made, nullptr);
  return update_message(transaction, document, made, [&]() -> Status {
    if constexpr (std::is_void_v<std::invoke_result_t<Edit&, Type&>>) {
      edit(made);
      return {};
    } else {
      return edit(made);
    }
  });
}

/// One update in a transaction of its own.
template <class Type, std::invocable<Type&> Edit>
Status update(Replica& replica, const DocumentId& document, Edit&& edit) {
  return replica.write([&](Transaction& transaction) {
    return update<Type>(transaction, document, std::forward<Edit>(edit));
  });
}

/// Makes the document equal to the message: what the message does not set is erased, except what it
/// has no field for.
template <class Type>
Status write(Transaction& transaction, const DocumentId& document, const Type& from) {
  return write_message(transaction, document, from);
}

/// Writes a new document. Fails: already_exists; invalid_argument if nothing is set.
template <class Type>
Status create(Transaction& transaction, const DocumentId& document, const Type& from) {
  return create_message(transaction, document, from);
}

/// Checks the options of a type and of the types in it. For tests; every call checks them too.
template <class Type>
Status check() {
  return check_type(*Type::descriptor());
}

/// Checks that the rules of this space, as Replica::section_rules returns them, cover each section
/// of the type. For the start of a program. Fails: unknown_section, naming the field.
template <class Type>
Status check(const std::vector<SectionRule>& rules) {
  return check_sections(*Type::descriptor(), rules);
}

/// The path of a field, for Replica::field, history, cursor …:
/// `path<Case>(Case::kObservationFieldNumber)` is "medical/observation". Fails: not_found.
template <class Type>
Result<std::string> path(int number) {
  return path_in(*Type::descriptor(), number);
}

}  // namespace relais::typed
