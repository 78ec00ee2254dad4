#include "document/codec/op_size.h"

namespace relais::document {
namespace {

constexpr std::size_t kOpBytes = 24;  // the most, without path, dots and text

struct SizeOf {
  std::size_t operator()(const op::Set& set) const {
    return value(set.value) + sizeof set.rank + (set.over ? set.over->size() * kDotBytes : 0);
  }
  std::size_t operator()(const op::Insert& insert) const {
    const auto* scalar = std::get_if<Value>(&insert.content);
    return 2 * kDotBytes + (scalar != nullptr ? value(*scalar) : 0);
  }
  std::size_t operator()(const op::InsertText& insert) const {
    return 2 * kDotBytes + insert.text.size();
  }
  std::size_t operator()(const op::DeleteText& erase) const {
    return erase.runs.size() * (kDotBytes + 4);
  }
  std::size_t operator()(const op::ResetCounter& reset) const {
    return reset.seen.size() * (kDotBytes + 10);
  }
  std::size_t operator()(const op::Add& add) const { return value(add.value); }
  std::size_t operator()(const op::Remove& remove) const { return value(remove.value); }
  std::size_t operator()(const op::Delete& erase) const {
    return erase.reason ? erase.reason->size() : 0;
  }
  std::size_t operator()(const op::Withdraw& withdraw) const {
    return withdraw.dots.size() * kDotBytes;
  }
  std::size_t operator()(const op::Restore& restore) const {
    return restore.marks.size() * kDotBytes;
  }
  std::size_t operator()(const op::Keep& keep) const { return keep.marks.size() * kDotBytes; }
  std::size_t operator()(const op::Move&) const { return 3 * kDotBytes; }
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 0;
  }
  static std::size_t value(const Value& value) {
    return value.text() != nullptr ? value.text()->size() : value.packed_attachment().size();
  }
};

std::size_t path_bytes(const Path& path) {
  std::size_t bytes = 0;
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    bytes += name != nullptr ? name->size() + 2 : kDotBytes + 1;
  }
  return bytes;
}

}  // namespace

std::size_t op_bytes(const Path& path, const decltype(Op::what)& what) {
  return kOpBytes + path_bytes(path) + std::visit(SizeOf{}, what);
}

}  // namespace relais::document
