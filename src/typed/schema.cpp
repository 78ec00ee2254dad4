#include "typed/schema.h"

#include <algorithm>
#include <mutex>

#include "base/try.h"
#include "typed/schema_rules.h"

namespace relais::typed {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;

Scalar scalar_of(const FieldDescriptor& declared) {
  switch (declared.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return Scalar::boolean;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64: return Scalar::integer;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE: return Scalar::number;
    case FieldDescriptor::CPPTYPE_ENUM: return Scalar::choice;
    case FieldDescriptor::CPPTYPE_STRING:
      return declared.type() == FieldDescriptor::TYPE_BYTES ? Scalar::bytes : Scalar::text;
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  const std::string& name = declared.message_type()->full_name();
  if (name == "google.protobuf.Timestamp") return Scalar::time;
  if (name == "google.protobuf.Duration") return Scalar::duration;
  if (name == "relais.typed.AttachmentReference") return Scalar::attachment;
  return Scalar::none;
}

FieldKind kind_of(Scalar scalar, FieldOptions::Kind kind) {
  if (scalar == Scalar::none) return FieldKind::map;
  switch (kind) {
    case FieldOptions::LAST_WRITER: return FieldKind::last_writer;
    case FieldOptions::RANKED: return FieldKind::ranked;
    case FieldOptions::COUNTER: return FieldKind::counter;
    case FieldOptions::TEXT: return FieldKind::text;
    default: return FieldKind::value;
  }
}

Form form_of(const FieldDescriptor& declared, FieldOptions::Kind kind) {
  if (declared.is_map()) return Form::map;
  if (!declared.is_repeated()) return Form::one;
  return kind == FieldOptions::SET ? Form::set : Form::list;
}

/// Text of an entry of an order: the name of an enum value stands for its code.
std::string ranked_text(const Cell& cell, const std::string& entry) {
  if (cell.scalar != Scalar::choice) return entry;
  const auto* choice = cell.declared->enum_type()->FindValueByName(entry);
  return choice != nullptr ? code_of(*choice) : entry;
}

}  // namespace

/// Builds the schema of a type and of the types in it, which may contain each other.
class SchemaMaker {
 public:
  Result<std::shared_ptr<const Schema>> make(const Descriptor& root) {
    root_declared_ = &root;
    RELAIS_ASSIGN(schema_->root_, type(root, true));
    if (root_is_nested_) RELAIS_TRY(check_holds_itself(*schema_->root_));
    return std::shared_ptr<const Schema>(std::move(schema_));
  }

 private:
  Result<const Type*> type(const Descriptor& declared, bool is_root) {
    RELAIS_TRY(check_type_options(declared, is_root));
    root_is_nested_ = root_is_nested_ || (!is_root && &declared == root_declared_);
    std::unique_ptr<Type>& made = schema_->types_[&declared];
    if (made) return made.get();
    made = std::make_unique<Type>();
    Type& type = *made;  // the address stays valid while other types are added
    type.declared = &declared;
    type.collection = declared.options().GetExtension(message).collection();
    type.fields.reserve(static_cast<std::size_t>(declared.field_count()));
    for (int i = 0; i < declared.field_count(); ++i) {
      RELAIS_ASSIGN(Field made_field, field_of(*declared.field(i), is_root));
      type.fields.push_back(std::move(made_field));
      if (type.fields.back().declared->options().GetExtension(field).element_id()) {
        type.element_id = &type.fields.back();
      }
    }
    RELAIS_TRY(check_fields(type));
    return &type;
  }

  Result<Field> field_of(const FieldDescriptor& declared, bool is_root) {
    const FieldOptions& options = declared.options().GetExtension(field);
    Field made;
    made.declared = &declared;
    made.form = form_of(declared, options.kind());
    made.cell.declared = declared.is_map() ? declared.message_type()->map_value() : made.declared;
    made.cell.scalar = scalar_of(*made.cell.declared);
    made.cell.kind = kind_of(made.cell.scalar, options.kind());
    for (const std::string& entry : options.order()) {
      made.cell.order.push_back(ranked_text(made.cell, entry));
    }
    RELAIS_TRY(check_field(made, options, is_root));
    if (is_root) {
      const std::string& whole =
          declared.containing_type()->options().GetExtension(message).section();
      const std::string& section = options.section().empty() ? whole : options.section();
      if (!section.empty()) made.steps.push_back(section);
    }
    made.steps.push_back(declared.json_name());
    if (made.cell.scalar == Scalar::none) {
      RELAIS_ASSIGN(made.cell.object, type(*made.cell.declared->message_type(), false));
    }
    return made;
  }

  std::shared_ptr<Schema> schema_ = std::make_shared<Schema>();
  const Descriptor* root_declared_ = nullptr;
  bool root_is_nested_ = false;
};

std::optional<std::uint32_t> Cell::rank_of(std::string_view text) const {
  const auto at = std::find(order.begin(), order.end(), text);
  if (at == order.end()) return std::nullopt;
  return static_cast<std::uint32_t>(order.end() - at);
}

const Field* Type::field(int number) const {
  for (const Field& candidate : fields) {
    if (candidate.declared->number() == number) return &candidate;
  }
  return nullptr;
}

Result<std::shared_ptr<const Schema>> Schema::of(const Descriptor& type) {
  if (type.file()->pool() != DescriptorPool::generated_pool()) return SchemaMaker().make(type);
  static std::mutex mutex;
  static std::unordered_map<const Descriptor*, std::shared_ptr<const Schema>> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(&type); found != known.end()) return found->second;
  RELAIS_ASSIGN(auto made, SchemaMaker().make(type));
  known.emplace(&type, made);
  return made;
}

}  // namespace relais::typed
