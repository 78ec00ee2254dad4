#include "document/self_conflict.h"

#include <algorithm>

namespace relais::document {

using namespace layout;  // NOLINT: the names of the format

namespace {

/// So many paths beside one another may be in no order.
constexpr std::size_t kFew = 32;

bool is_before(const StructureReader::StepView& a, const StructureReader::StepView& b) {
  if (a.is_element != b.is_element) return b.is_element;
  return a.is_element ? a.element < b.element : a.name < b.name;
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
  possible_ = possible_ || op.verb == kSetOver || (op.verb == kRegister && op.over) ||
              (op.verb == kOther && op.code == kKeep);
  for (std::size_t at = op.shared(); at < op.depth(); ++at) go_down(at, op.steps()[at]);
  if (const auto kind = kind_of(op)) note(op.depth(), *kind);
  if (op.verb != kInsert) return;
  inserted_.emplace(Dot{self_.author, self_.seq, op.index}, content_kind(op.code));
}

void SelfConflict::note(std::size_t level, Kind kind) {
  std::optional<Kind>& known = levels_[level].kind;
  possible_ = possible_ || (known && *known != kind);
  known = kind;
}

/// Few are looked through; of many, each comes after those before it, or may be one of them.
bool SelfConflict::may_have_passed(const Level& level, const Step& step) const {
  if (!level.last || is_before(*level.last, step)) return false;
  if (level.end - level.begin == kFew) return true;
  const auto begin = passed_.begin();
  return std::any_of(begin + level.begin, begin + level.end, [&step](const Step& one) {
    return !is_before(one, step) && !is_before(step, one);
  });
}

void SelfConflict::go_down(std::size_t at, const Step& step) {
  note(at, step.is_element ? Kind::list : Kind::map);
  Level& level = levels_[at];
  possible_ = possible_ || may_have_passed(level, step);
  if (!level.last || is_before(*level.last, step)) level.last = step;
  passed_.resize(level.end);
  if (level.end - level.begin < kFew) passed_.push_back(step);
  level.end = passed_.size();
  Level& below = levels_[at + 1];
  below = {};
  below.begin = below.end = level.end;
  if (!step.is_element) return;
  if (inserted_ && inserted_->first == step.element) {
    below.kind = inserted_->second;
  } else {
    possible_ = true;  // what was inserted there before isn't known any more
  }
}

}  // namespace relais::document
