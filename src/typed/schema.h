#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "relais/document.h"
#include "relais/result.h"

/// What a message's descriptor and options say, worked out once and checked.
namespace relais::typed {

struct Type;

/// What a scalar is in a document. Plain messages are Scalar::none.
enum class Scalar : std::uint8_t {
  none,
  boolean,
  integer,
  number,
  text,
  bytes,      ///< text in base64
  choice,     ///< an enum: its value's code
  time,       ///< google.protobuf.Timestamp
  duration,   ///< google.protobuf.Duration
  attachment  ///< relais.typed.AttachmentReference
};

/// One place for one thing: a single field, a list's or set's element, a map's value.
struct Cell {
  const google::protobuf::FieldDescriptor* declared = nullptr;  ///< of a map: its value's
  Scalar scalar = Scalar::none;
  /// Registers, text, counter; map for a message, whose fields `object` has.
  FieldKind kind = FieldKind::value;
  std::vector<std::string> order;  ///< of ranked: codes or texts, the highest first
  const Type* object = nullptr;

  /// Nothing for what the order doesn't have.
  std::optional<std::uint32_t> rank_of(std::string_view text) const;
};

/// How many cells a field is.
enum class Form : std::uint8_t { one, list, set, map };

struct Field {
  const google::protobuf::FieldDescriptor* declared = nullptr;
  std::vector<std::string> steps;  ///< below the message: the section, if there is one; the name
  Form form = Form::one;
  Cell cell;
};

struct Type {
  const google::protobuf::Descriptor* declared = nullptr;
  std::string collection;
  std::vector<Field> fields;
  const Field* element_id = nullptr;

  const Field* field(int number) const;
};

/// A document's type, with all types in it. Fails: invalid_argument, naming what contradicts what.
class Schema {
 public:
  /// Kept for generated types; made anew for others, whose descriptors may go.
  static Result<std::shared_ptr<const Schema>> of(const google::protobuf::Descriptor& type);

  const Type& root() const { return *root_; }

 private:
  friend class SchemaMaker;
  const Type* root_ = nullptr;
  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<Type>> types_;
};

/// An enum value's text in documents.
std::string code_of(const google::protobuf::EnumValueDescriptor& choice);
/// Null for a text that this schema doesn't know.
const google::protobuf::EnumValueDescriptor* choice_of(
    const google::protobuf::EnumDescriptor& choices, std::string_view code);

}  // namespace relais::typed
