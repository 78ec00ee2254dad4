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

/// The checked meaning of a message's descriptor and options.
namespace relais::typed {

struct Type;

/// How a scalar is stored in a document. Plain messages are Scalar::none.
enum class Scalar : std::uint8_t {
  none,
  boolean,
  integer,
  number,
  text,
  bytes,      ///< text, in base64
  choice,     ///< an enum: the code of its value
  time,       ///< google.protobuf.Timestamp
  duration,   ///< google.protobuf.Duration
  attachment  ///< relais.typed.AttachmentReference
};

/// A place for one value: a single field, an element of a list or set, a value of a map.
struct Cell {
  const google::protobuf::FieldDescriptor* declared = nullptr;  ///< of a map: of its values
  Scalar scalar = Scalar::none;
  /// A register, text or counter; map for a message, whose fields are in `object`.
  FieldKind kind = FieldKind::value;
  std::vector<std::string> order;  ///< of ranked: codes or texts, the highest first
  const Type* object = nullptr;

  /// Nothing if the order does not have it.
  std::optional<std::uint32_t> rank_of(std::string_view text) const;
};

/// How a field holds its cells.
enum class Form : std::uint8_t { one, list, set, map };

struct Field {
  const google::protobuf::FieldDescriptor* declared = nullptr;
  std::vector<std::string> steps;  ///< below the message: the section, if any, then the name
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

/// The type of a document with all types in it. Fails: invalid_argument, naming the contradiction.
class Schema {
 public:
  /// Cached for generated types; made anew for others, whose descriptors may be freed.
  static Result<std::shared_ptr<const Schema>> of(const google::protobuf::Descriptor& type);

  const Type& root() const { return *root_; }

 private:
  friend class SchemaMaker;
  const Type* root_ = nullptr;
  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<Type>> types_;
};

/// The text of an enum value in documents.
std::string code_of(const google::protobuf::EnumValueDescriptor& choice);
/// Null for a text that this schema does not know.
const google::protobuf::EnumValueDescriptor* choice_of(
    const google::protobuf::EnumDescriptor& choices, std::string_view code);

}  // namespace relais::typed
