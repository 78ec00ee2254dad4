#include "typed/packed.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "typed/cell.h"

namespace relais::typed {
namespace {

using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

constexpr int kNanos = 1'000'000'000;

/// By number, not by generated code: the message may be dynamic.
const FieldDescriptor* numbered(const Message& object, int number) {
  return object.GetDescriptor()->FindFieldByNumber(number);
}

template <class Time>
Time time_of(const Message& object) {
  Time time;
  time.set_seconds(object.GetReflection()->GetInt64(object, numbered(object, 1)));
  time.set_nanos(object.GetReflection()->GetInt32(object, numbered(object, 2)));
  return time;
}

template <class Time>
void put_time(const Time& time, Message& into) {
  into.GetReflection()->SetInt64(&into, numbered(into, 1), time.seconds());
  into.GetReflection()->SetInt32(&into, numbered(into, 2), time.nanos());
}

Result<Value> pack_time(const Timestamp& time) {
  if (time.seconds() < TimeUtil::kTimestampMinSeconds ||
      time.seconds() > TimeUtil::kTimestampMaxSeconds || time.nanos() < 0 ||
      time.nanos() >= kNanos) {
    return bad("The time is none of the years 1 to 9999.");
  }
  return Value(TimeUtil::ToString(time));
}

Result<Value> pack_duration(const Duration& time) {
  const bool turns =
      (time.seconds() > 0 && time.nanos() < 0) || (time.seconds() < 0 && time.nanos() > 0);
  if (time.seconds() < TimeUtil::kDurationMinSeconds ||
      time.seconds() > TimeUtil::kDurationMaxSeconds || time.nanos() <= -kNanos ||
      time.nanos() >= kNanos || turns) {
    return bad("The duration is out of range.");
  }
  return Value(TimeUtil::ToString(time));
}

Result<Value> pack_attachment(const Message& object) {
  const auto& reflect = *object.GetReflection();
  Attachment attachment;
  const std::string hash = reflect.GetString(object, numbered(object, 1));
  if (hash.size() != attachment.hash.size()) {
    return bad("An attachment's hash has " + std::to_string(attachment.hash.size()) + " bytes.");
  }
  std::copy(hash.begin(), hash.end(), attachment.hash.begin());
  attachment.size = reflect.GetUInt64(object, numbered(object, 2));
  attachment.media_type = reflect.GetString(object, numbered(object, 3));
  const auto printable = [](char c) { return c >= 0x20 && c <= 0x7e; };
  const std::string& type = attachment.media_type;
  if (type.size() > limits::kMediaTypeBytes || type.find('/') == std::string::npos ||
      !std::all_of(type.begin(), type.end(), printable)) {
    return bad("An attachment's media type is \"type/subtype\", of at most " +
               std::to_string(limits::kMediaTypeBytes) + " printable characters.");
  }
  return Value(attachment);
}

}  // namespace

Result<Value> pack(const Cell& cell, const Message& object) {
  if (cell.scalar == Scalar::time) return pack_time(time_of<Timestamp>(object));
  if (cell.scalar == Scalar::duration) return pack_duration(time_of<Duration>(object));
  return pack_attachment(object);
}

Status unpack_time(const Cell& cell, std::string_view text, Message& into) {
  if (cell.scalar == Scalar::duration) {
    Duration time;
    if (!TimeUtil::FromString(std::string(text), &time)) return bad("The text is not a duration.");
    RELAIS_TRY(pack_duration(time));
    put_time(time, into);
    return {};
  }
  Timestamp time;
  if (!TimeUtil::FromString(std::string(text), &time)) {
    return bad("The text is not a time as RFC 3339 writes it.");
  }
  RELAIS_TRY(pack_time(time));
  put_time(time, into);
  return {};
}

void unpack_attachment(const Attachment& attachment, Message& into) {
  const auto& reflect = *into.GetReflection();
  reflect.SetString(&into, numbered(into, 1),
                    std::string(attachment.hash.begin(), attachment.hash.end()));
  reflect.SetUInt64(&into, numbered(into, 2), attachment.size);
  reflect.SetString(&into, numbered(into, 3), attachment.media_type);
}

Message& new_object(const FieldDescriptor& declared, Message& into) {
  const auto& reflect = *into.GetReflection();
  return declared.is_repeated() ? *reflect.AddMessage(&into, &declared)
                                : *reflect.MutableMessage(&into, &declared);
}

}  // namespace relais::typed
