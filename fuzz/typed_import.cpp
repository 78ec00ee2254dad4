// Messages become documents: what is written reads back the same, and writing it again writes
// nothing; concurrent writes of two devices read as the type says. docs/typed.md.
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "relais/clinic/v1/case.pb.h"
#include "schemas.pb.h"
#include "typed/cell.h"
#include "typed/sheet.h"
#include "typed/text.h"

namespace relais::fuzz {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using testing::Sheet;

/// Visits every field of a message and of those in it; of maps, the value of each entry.
template <class Visit>
void walk(const typed::Type& type, Message& object, const Visit& visit) {
  const auto& reflect = *object.GetReflection();
  for (const typed::Field& field : type.fields) {
    const bool single = field.form == typed::Form::one;
    const bool absent = single && !reflect.HasField(object, field.declared);
    const int size = single ? 1 : reflect.FieldSize(object, field.declared);
    if (!absent && field.form != typed::Form::map) visit(field, object);
    for (int i = 0; i < size && !absent; ++i) {
      if (field.form == typed::Form::map) {
        Message& entry = *reflect.MutableRepeatedMessage(&object, field.declared, i);
        visit(field, entry);
        if (field.cell.object == nullptr) continue;
        walk(*field.cell.object,
             *entry.GetReflection()->MutableMessage(&entry, field.cell.declared), visit);
      } else if (field.cell.object != nullptr) {
        walk(*field.cell.object,
             single ? *reflect.MutableMessage(&object, field.declared)
                    : *reflect.MutableRepeatedMessage(&object, field.declared, i),
             visit);
      }
    }
  }
}

/// Normalises a set as documents have it: each element once, sorted.
void sort_set(const typed::Field& field, Message& object) {
  if (field.form != typed::Form::set) return;
  const auto& reflect = *object.GetReflection();
  std::vector<std::string> seen;
  for (int i = 0; i < reflect.FieldSize(object, field.declared); ++i) {
    const auto value = typed::encode(field.cell, {object, *field.declared, i});
    RELAIS_CHECK(value.has_value());
    seen.push_back(typed::to_json(*value));
  }
  const auto swap = [&](std::size_t a, std::size_t b) {
    std::swap(seen[a], seen[b]);
    reflect.SwapElements(&object, field.declared, static_cast<int>(a), static_cast<int>(b));
  };
  for (std::size_t i = 0; i < seen.size();) {
    const auto from = seen.begin() + static_cast<std::ptrdiff_t>(i);
    swap(i, static_cast<std::size_t>(std::min_element(from, seen.end()) - seen.begin()));
    if (i == 0 || seen[i] != seen[i - 1]) {
      ++i;
      continue;
    }
    swap(i, seen.size() - 1);
    seen.pop_back();
    reflect.RemoveLast(&object, field.declared);
  }
}

/// Makes counters small enough that sums stay in range.
void tame_counter(const typed::Field& field, Message& object) {
  if (field.cell.kind != FieldKind::counter) return;
  const auto& reflect = *object.GetReflection();
  reflect.SetInt64(&object, field.cell.declared, reflect.GetInt64(object, field.cell.declared) / 8);
}

template <class Type>
const typed::Type& type_of() {
  static const auto kSchema = typed::Schema::of(*Type::descriptor()).value();
  return kSchema->root();
}

template <class Type>
bool equal(Type a, Type b) {
  walk(type_of<Type>(), a, sort_set);
  walk(type_of<Type>(), b, sort_set);
  return MessageDifferencer::Equals(a, b);
}

/// Whether it was written.
template <class Type>
bool write(Sheet& sheet, const Type& to) {
  const std::string before = sheet.json();
  const auto edits = sheet.write(to);
  if (!edits) {
    check_error(edits.error());
    RELAIS_CHECK(sheet.json() == before);
    return false;
  }
  const auto back = sheet.read<Type>();
  RELAIS_CHECK(back && equal(*back, to));
  const auto again = sheet.write(to);
  RELAIS_CHECK(again && again->empty());
  return true;
}

template <class Type>
void check(Input& input) {
  Type messages[3];
  for (Type& one : messages) {
    const BytesView bytes = input.sized();
    if (!one.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    one.DiscardUnknownFields();
    walk(type_of<Type>(), one, tame_counter);
  }
  Sheet here(1);
  if (!write(here, messages[0])) return;
  Sheet there(2);
  there.merge(here);
  const bool wrote_here = write(here, messages[1]);
  const bool both = write(there, messages[2]) && wrote_here;
  here.merge(there);
  there.merge(here);
  RELAIS_CHECK(here.json() == there.json());
  const auto merged = here.read<Type>();
  RELAIS_CHECK(merged.has_value());
  const auto same = here.write(*merged);
  RELAIS_CHECK(same && same->empty());
  if (both) write(there, messages[1]);
}

}  // namespace

void run(Input& input) {
  if (input.chance()) return check<clinic::v1::Case>(input);
  check<testing::schemas::Kinds>(input);
}

}  // namespace relais::fuzz
