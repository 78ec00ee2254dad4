#include "typed/schema_rules.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/try.h"

namespace relais::typed {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

Error misuse(const std::string& name, std::string_view what) {
  return Error(ErrorCode::invalid_argument, std::string(what)).within(name);
}

bool fits_kind(const Field& made, FieldOptions::Kind kind) {
  const Scalar scalar = made.cell.scalar;
  const bool repeated = made.form == Form::list || made.form == Form::set;
  switch (kind) {
    case FieldOptions::BY_TYPE: return true;
    case FieldOptions::VALUE:
    case FieldOptions::LAST_WRITER: return !repeated && scalar != Scalar::none;
    case FieldOptions::RANKED:
      return !repeated && (scalar == Scalar::choice || scalar == Scalar::text);
    case FieldOptions::SET: return repeated && scalar != Scalar::none;
    case FieldOptions::COUNTER:
      return !repeated && made.cell.declared->cpp_type() == FieldDescriptor::CPPTYPE_INT64;
    case FieldOptions::LIST: return repeated;
    case FieldOptions::TEXT: return !repeated && scalar == Scalar::text;
    case FieldOptions::ATTACHMENT: return !repeated && scalar == Scalar::attachment;
    default: return false;
  }
}

std::string_view wanted_for(FieldOptions::Kind kind) {
  switch (kind) {
    case FieldOptions::RANKED: return "RANKED is for an enum or a string that is not repeated.";
    case FieldOptions::SET: return "SET is for repeated scalars.";
    case FieldOptions::COUNTER: return "COUNTER is for an int64 that is not repeated.";
    case FieldOptions::LIST: return "LIST is for a repeated field.";
    case FieldOptions::TEXT: return "TEXT is for a string that is not repeated.";
    case FieldOptions::ATTACHMENT:
      return "ATTACHMENT is for an AttachmentReference that is not repeated.";
    case FieldOptions::VALUE:
    case FieldOptions::LAST_WRITER:
      return "VALUE and LAST_WRITER are for a scalar that is not repeated.";
    default: return "The kind is none that this version knows.";
  }
}

Status check_choices(const EnumDescriptor& choices) {
  for (int i = 0; i < choices.value_count(); ++i) {
    const auto* known = choice_of(choices, code_of(*choices.value(i)));
    if (known->number() != choices.value(i)->number()) {
      return misuse(choices.value(i)->full_name(), "Another value has the same code.");
    }
  }
  return {};
}

Status check_order(const Field& made, const FieldOptions& options) {
  const std::string& name = made.declared->full_name();
  const bool ranked = options.kind() == FieldOptions::RANKED;
  if (ranked != (options.order_size() > 0)) {
    return misuse(name, ranked ? "RANKED needs an order." : "An order is for RANKED.");
  }
  std::set<std::string> seen;
  for (const std::string& entry : made.cell.order) {
    if (!seen.insert(entry).second) return misuse(name, "A value stands twice in the order.");
    const bool is_choice = made.cell.scalar == Scalar::choice;
    if (is_choice && choice_of(*made.cell.declared->enum_type(), entry) == nullptr) {
      return misuse(name, "The order has a value that the enum doesn't have.");
    }
  }
  return {};
}

Status check_message(const Field& made) {
  static const std::set<std::string> kOpaque = {"google.protobuf.Any", "google.protobuf.Struct",
                                                "google.protobuf.Value",
                                                "google.protobuf.ListValue"};
  if (kOpaque.count(made.cell.declared->message_type()->full_name()) == 0) return {};
  return misuse(made.declared->full_name(), "This type has no form in a document.");
}

Status check_element_id(const Field& made, const FieldOptions& options) {
  if (!options.element_id()) return {};
  const Scalar scalar = made.cell.scalar;
  const bool fits =
      made.form == Form::one && made.cell.kind == FieldKind::value &&
      (scalar == Scalar::text || scalar == Scalar::integer || scalar == Scalar::bytes);
  if (fits) return {};
  return misuse(made.declared->full_name(),
                "An element id is a string, an integer or bytes, and of kind VALUE.");
}

bool begins_with(const std::vector<std::string>& path, const std::vector<std::string>& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

}  // namespace

Status check_type_options(const Descriptor& declared, bool is_root) {
  const MessageOptions& options = declared.options().GetExtension(message);
  if (!is_root && !options.section().empty()) {
    return misuse(declared.full_name(),
                  "A message with a section is a document, and can't be a field of another.");
  }
  if (options.section().size() > limits::kPathStepBytes) {
    return misuse(declared.full_name(), "The section's name is too long.");
  }
  if (options.collection().size() > limits::kCollectionBytes) {
    return misuse(declared.full_name(), "The collection's name is too long.");
  }
  return {};
}

Status check_field(const Field& made, const FieldOptions& options, bool is_root) {
  const std::string& name = made.declared->full_name();
  if (!is_root && !options.section().empty()) {
    return misuse(name, "A section is for a document's own fields.");
  }
  if (std::max(options.section().size(), made.declared->json_name().size()) >
      limits::kPathStepBytes) {
    return misuse(name, "The field's or its section's name is too long.");
  }
  if (made.form == Form::map &&
      made.declared->message_type()->map_key()->type() != FieldDescriptor::TYPE_STRING) {
    return misuse(name, "A map's keys are strings.");
  }
  if (!fits_kind(made, options.kind())) return misuse(name, wanted_for(options.kind()));
  RELAIS_TRY(check_order(made, options));
  RELAIS_TRY(check_element_id(made, options));
  if (made.cell.scalar == Scalar::choice) return check_choices(*made.cell.declared->enum_type());
  return made.cell.scalar == Scalar::none ? check_message(made) : Status();
}

Status check_fields(const Type& type) {
  const Field* id = nullptr;
  for (const Field& one : type.fields) {
    for (const Field& other : type.fields) {
      if (&one != &other && begins_with(one.steps, other.steps)) {
        return misuse(one.declared->full_name(), "Its place is another field's, or within it.");
      }
    }
    if (!one.declared->options().GetExtension(field).element_id()) continue;
    if (id != nullptr) return misuse(one.declared->full_name(), "A message has one element id.");
    id = &one;
  }
  return {};
}

Status check_holds_itself(const Type& root) {
  for (const Field& one : root.fields) {
    if (one.steps.size() > 1) {
      return misuse(one.declared->full_name(), "A message that holds itself has no sections.");
    }
  }
  return {};
}

}  // namespace relais::typed
