#include "relais/typed/typed.h"

#include <google/protobuf/message.h>

#include <optional>

#include "base/try.h"
#include "typed/edit.h"
#include "typed/reading.h"
#include "typed/text.h"
#include "typed/writing.h"

namespace relais::typed {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

/// The calls of a Transaction for one document.
struct Calls {
  Transaction& transaction;
  const DocumentId& document;

  Status set(const std::string& path, const Value& value) {
    return transaction.set(document, path, value);
  }
  Status set_last_writer(const std::string& path, const Value& value) {
    return transaction.set_last_writer(document, path, value);
  }
  Status set_ranked(const std::string& path, const Value& value, std::uint32_t rank) {
    return transaction.set_ranked(document, path, value, rank);
  }
  Status put_json(const std::string& path, const char* json) {
    return transaction.put_json(document, path, json);
  }
  Status insert_json(const std::string& list, std::size_t index, const std::string& json) {
    return transaction.insert_json(document, list, index, json);
  }
  Status move(const std::string& list, std::size_t from, std::size_t to) {
    return transaction.move(document, list, from, to);
  }
  Status add_to_set(const std::string& path, const Value& value) {
    return transaction.add_to_set(document, path, value);
  }
  Status remove_from_set(const std::string& path, const Value& value) {
    return transaction.remove_from_set(document, path, value);
  }
  Status count(const std::string& path, std::int64_t delta) {
    return transaction.increment(document, path, delta);
  }
  Status update_text(const std::string& path, const std::string& text) {
    return transaction.update_text(document, path, text);
  }
  Status erase(const std::string& path) { return transaction.erase(document, path); }
};

Result<std::shared_ptr<const Schema>> schema_for(const Message& object,
                                                 const DocumentId& document) {
  const Descriptor& declared = *object.GetDescriptor();
  RELAIS_ASSIGN(auto schema, Schema::of(declared));
  const std::string& collection = schema->root().collection;
  if (collection.empty() || collection == document.collection) return schema;
  return Error(ErrorCode::invalid_argument,
               "Documents of this type belong in the collection \"" + collection + "\".")
      .within(declared.full_name());
}

template <class Source>
Status read_from(Source& source, const DocumentId& document, Message& into) {
  RELAIS_ASSIGN(const auto schema, schema_for(into, document));
  RELAIS_ASSIGN(const FieldTree tree, source.tree(document));
  into.Clear();
  return read_tree(schema->root(), tree, into);
}

/// Nothing if there is no document.
Result<std::optional<FieldTree>> tree_of(Transaction& transaction, const DocumentId& document) {
  auto tree = transaction.tree(document);
  if (tree) return std::optional(std::move(*tree));
  if (tree.error().code() == ErrorCode::not_found) return std::optional<FieldTree>();
  return std::move(tree).error();
}

Status write_between(Transaction& transaction, const DocumentId& document, const Type& type,
                     const std::optional<FieldTree>& tree, const Message& before,
                     const Message& after) {
  RELAIS_ASSIGN(const auto edits, edits_between(type, tree ? &*tree : nullptr, before, after));
  return make(edits, Calls{transaction, document});
}

}  // namespace

Status read_message(const Replica& replica, const DocumentId& document, Message& into) {
  return read_from(replica, document, into);
}

Status read_message(Transaction& transaction, const DocumentId& document, Message& into) {
  return read_from(transaction, document, into);
}

Status update_message(Transaction& transaction, const DocumentId& document, Message& scratch,
                      const std::function<Status()>& edit) {
  if (!edit) return Error(ErrorCode::invalid_argument, "The edit is an empty function.");
  RELAIS_ASSIGN(const auto schema, schema_for(scratch, document));
  RELAIS_ASSIGN(const auto tree, tree_of(transaction, document));
  scratch.Clear();
  if (tree) RELAIS_TRY(read_tree(schema->root(), *tree, scratch));
  const std::unique_ptr<Message> before(scratch.New());
  before->CopyFrom(scratch);
  RELAIS_TRY(edit());
  return write_between(transaction, document, schema->root(), tree, *before, scratch);
}

Status write_message(Transaction& transaction, const DocumentId& document, const Message& from) {
  RELAIS_ASSIGN(const auto schema, schema_for(from, document));
  RELAIS_ASSIGN(const auto tree, tree_of(transaction, document));
  const std::unique_ptr<Message> before(from.New());
  if (tree) RELAIS_TRY(read_tree(schema->root(), *tree, *before));
  return write_between(transaction, document, schema->root(), tree, *before, from);
}

Status create_message(Transaction& transaction, const DocumentId& document, const Message& from) {
  RELAIS_ASSIGN(const auto schema, schema_for(from, document));
  RELAIS_ASSIGN(const auto tree, tree_of(transaction, document));
  if (tree) return Error(ErrorCode::already_exists, "There is such a document already.");
  const std::unique_ptr<Message> before(from.New());
  RELAIS_ASSIGN(const auto edits, edits_between(schema->root(), nullptr, *before, from));
  if (edits.empty()) {
    return Error(ErrorCode::invalid_argument, "Nothing is set: a document is there by its fields.");
  }
  return make(edits, Calls{transaction, document});
}

Status check_type(const Descriptor& type) {
  RELAIS_TRY(Schema::of(type));
  return {};
}

Status check_sections(const Descriptor& type, const std::vector<SectionRule>& rules) {
  RELAIS_ASSIGN(const auto schema, Schema::of(type));
  const auto has_rule = [&](std::string_view section, bool closed) {
    return std::any_of(rules.begin(), rules.end(), [&](const SectionRule& rule) {
      return rule.collection == schema->root().collection && rule.section == section &&
             (!closed || rule.closed);
    });
  };
  if (!has_rule("", true)) return {};
  for (const Field& field : schema->root().fields) {
    if (has_rule(field.steps[0], false)) continue;
    return Error(ErrorCode::unknown_section,
                 std::string(field.declared->full_name()) +
                     ": The collection is closed, and no rule names the section \"" +
                     field.steps[0] + "\".",
                 Retry::after_user_acts);
  }
  return {};
}

Result<std::string> path_in(const Descriptor& type, int number) {
  RELAIS_ASSIGN(const auto schema, Schema::of(type));
  const Field* found = schema->root().field(number);
  if (found == nullptr) {
    return Error(ErrorCode::not_found, "The type has no field of this number.")
        .within(type.full_name());
  }
  return Where().below(found->steps).path;
}

}  // namespace relais::typed
