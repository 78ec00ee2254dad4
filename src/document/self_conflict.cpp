#include "document/self_conflict.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace relais::document {

using namespace layout;  // NOLINT: the names of the format

namespace {

// Two paths of one hash look like one: then a conflict seems possible that isn't.
std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
  return (hash ^ more) * 0x9e3779b97f4a7c15U + (hash >> 29U);
}

std::uint64_t with_element(std::uint64_t path, const Dot& element) {
  std::uint64_t hash = mix(path, std::hash<AuthorId>()(element.author) + 1);
  hash = mix(hash, element.seq);
  return mix(hash, element.index);
}

std::optional<Kind> other_kind(std::uint8_t code) {
  if (code <= kMakeMap + 4) return static_cast<Kind>(static_cast<unsigned>(Kind::map) + code);
  switch (code) {
    case kInsertText:
    case kDeleteText: return Kind::text;
    case kCount:
    case kReset:
    case kResetOfMark: return Kind::counter;
    case kMove: return Kind::list;
    default: return std::nullopt;
  }
}

std::optional<Kind> kind_of(const StructureReader& op) {
  switch (op.verb) {
    case kSet:
    case kSetOver: return Kind::value;
    case kInsert: return Kind::list;
    case kAdd:
    case kRemove: return Kind::set;
    case kRegister: return op.register_kind;
    default: return other_kind(op.code);
  }
}

Kind content_kind(std::uint8_t code) {
  if (code == static_cast<std::uint8_t>(ValueCode::kMap)) return Kind::map;
  return code == static_cast<std::uint8_t>(ValueCode::kList) ? Kind::list : Kind::value;
}

}  // namespace

void SelfConflict::add(const StructureReader& op) {
  beside_ = beside_ || op.verb == kSetOver || (op.verb == kRegister && op.over) ||
            (op.verb == kOther && op.code == kKeep);
  for (std::size_t at = op.shared(); at < op.depth(); ++at) {
    const auto& step = op.steps()[at];
    note(hashes_[at], step.is_element ? Kind::list : Kind::map);
    hashes_[at + 1] = step.is_element ? with_element(hashes_[at], step.element)
                                      : mix(hashes_[at], std::hash<std::string_view>()(step.name));
  }
  if (const auto kind = kind_of(op)) note(hashes_[op.depth()], *kind);
  if (op.verb != kInsert) return;
  const Dot element{self_.author, self_.seq, op.index};
  note(with_element(hashes_[op.depth()], element), content_kind(op.code));
}

bool SelfConflict::is_possible() {
  if (beside_) return true;
  std::sort(written_.begin(), written_.end());
  const auto clash = std::adjacent_find(
      written_.begin(), written_.end(),
      [](const auto& a, const auto& b) { return a.first == b.first && a.second != b.second; });
  return clash != written_.end();
}

}  // namespace relais::document
