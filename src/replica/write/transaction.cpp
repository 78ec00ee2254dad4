// relais/transaction.h.
#include "base/try.h"
#include "relais/replica.h"
#include "replica/write/edit.h"

namespace relais {
namespace {

Status check_not_reserved(const DocumentId& document) {
  if (!document.collection.starts_with(replica::kReservedPrefix)) return {};
  return Error(ErrorCode::invalid_argument, "Collections whose names begin with '.' are reserved.");
}

/// Runs `action(draft, path)`. Fails: invalid_argument in a reserved collection; as Edit::at.
template <class Action>
Status edit_at(replica::Edit& edit, const DocumentId& document, std::string_view path,
               Action&& action) {
  RELAIS_TRY(check_not_reserved(document));
  return edit.at(document, path, std::forward<Action>(action));
}

}  // namespace

Status Transaction::set_user(std::string_view user) { return edit_.set_user(user); }

Status Transaction::set(const DocumentId& document, std::string_view path, Value value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.set(at, std::move(value));
  });
}

Status Transaction::set_last_writer(const DocumentId& document, std::string_view path,
                                    Value value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.set_last_writer(at, std::move(value));
  });
}

Status Transaction::set_ranked(const DocumentId& document, std::string_view path, Value value,
                               std::uint32_t rank) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.set_ranked(at, std::move(value), rank);
  });
}

Status Transaction::put_json(const DocumentId& document, std::string_view path,
                             std::string_view json) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.put_json(document, path, json);
}

Status Transaction::append_json(const DocumentId& document, std::string_view path,
                                std::string_view json) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.append_json(at, json);
  });
}

Status Transaction::insert_json(const DocumentId& document, std::string_view list,
                                std::size_t index, std::string_view json) {
  return edit_at(edit_, document, list, [&](document::Draft& draft, const document::Path& at) {
    return draft.insert_json(at, index, json);
  });
}

Status Transaction::add_to_set(const DocumentId& document, std::string_view path, Value value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.add(at, std::move(value));
  });
}

Status Transaction::remove_from_set(const DocumentId& document, std::string_view path,
                                    const Value& value) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.remove(at, value);
  });
}

Status Transaction::increment(const DocumentId& document, std::string_view path,
                              std::int64_t delta) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.count(at, delta);
  });
}

Status Transaction::splice_text(const DocumentId& document, std::string_view path,
                                std::size_t position, std::size_t removed,
                                std::string_view inserted) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.splice_text(at, position, removed, inserted);
  });
}

Status Transaction::update_text(const DocumentId& document, std::string_view path,
                                std::string_view text) {
  return edit_at(edit_, document, path, [&](document::Draft& draft, const document::Path& at) {
    return draft.update_text(at, text);
  });
}

Status Transaction::erase(const DocumentId& document, std::string_view path) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.erase(document, path);
}

Status Transaction::make_void(const DocumentId& document, std::string_view path,
                              std::string_view reason) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.erase(document, path, std::string(reason));
}

Status Transaction::restore(const DocumentId& document, std::string_view path) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.restore(document, path);
}

Status Transaction::move(const DocumentId& document, std::string_view list, std::size_t from,
                         std::size_t to) {
  return edit_at(edit_, document, list, [&](document::Draft& draft, const document::Path& at) {
    return draft.move(at, from, to);
  });
}

Status Transaction::resolve(const DocumentId& document, std::string_view path,
                            const Version& version) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.resolve(document, path, version);
}

Status Transaction::keep(const DocumentId& document, std::string_view path) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.keep(document, path);
}

Status Transaction::undo(const DocumentId& document, const std::vector<ChangeId>& changes) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.undo(document, changes);
}

Status Transaction::undo(const DocumentId& document) {
  RELAIS_TRY(check_not_reserved(document));
  return edit_.undo(document);
}

Status Transaction::mark_same(const DocumentId& a, const DocumentId& b) {
  RELAIS_TRY(check_not_reserved(a));
  RELAIS_TRY(check_not_reserved(b));
  return edit_.mark_same(a, b);
}

Status Transaction::unmark_same(const DocumentId& a, const DocumentId& b) {
  RELAIS_TRY(check_not_reserved(a));
  RELAIS_TRY(check_not_reserved(b));
  return edit_.unmark_same(a, b);
}

Result<std::string> Transaction::json(const DocumentId& document) { return edit_.json(document); }

Result<FieldTree> Transaction::tree(const DocumentId& document, std::string_view path) {
  return edit_.tree(document, path);
}

}  // namespace relais
