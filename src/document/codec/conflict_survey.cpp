#include "document/codec/conflict_survey.h"

#include <algorithm>

namespace relais::document {

using namespace layout;  // NOLINT: the names of the format

namespace {

/// The most fields of an object that are searched for a repetition.
constexpr std::size_t kFew = 256;

std::optional<FieldKind> other_kind(std::uint8_t code) {
  if (code <= kMakeMap + 4)
    return static_cast<FieldKind>(static_cast<unsigned>(FieldKind::map) + code);
  switch (code) {
    case kInsertText:
    case kDeleteText: return FieldKind::text;
    case kCount:
    case kReset:
    case kResetOfMark: return FieldKind::counter;
    case kMove: return FieldKind::list;
    default: return std::nullopt;
  }
}

std::optional<FieldKind> kind_of(const StructureReader& op) {
  switch (op.verb) {
    case kSet:
    case kSetOver: return FieldKind::value;
    case kInsert: return FieldKind::list;
    case kAdd:
    case kRemove: return FieldKind::set;
    case kRegister: return op.register_kind;
    default: return other_kind(op.code);
  }
}

/// The same as for a decoded op.
bool replaces_what_it_saw(const StructureReader& op) {
  switch (op.verb) {
    case kSet:
    case kInsert:
    case kAdd:
    case kRemove: return true;
    case kRegister: return !op.over;
    case kOther:
      return op.code <= kMakeMap + 4 || op.code == kCount || op.code == kInsertText ||
             op.code == kDeleteText;
    default: return false;
  }
}

FieldKind content_kind(std::uint8_t code) {
  if (code == static_cast<std::uint8_t>(ValueCode::kMap)) return FieldKind::map;
  return code == static_cast<std::uint8_t>(ValueCode::kList) ? FieldKind::list : FieldKind::value;
}

}  // namespace

void ConflictSurvey::add(const StructureReader& op) {
  possible_ = possible_ || op.verb == kSetOver || (op.verb == kRegister && op.over) ||
              (op.verb == kOther && op.code == kKeep);
  replaces_ = replaces_ && replaces_what_it_saw(op);
  for (std::size_t at = op.shared(); at < op.depth(); ++at) go_down(at, op.steps()[at]);
  if (const auto kind = kind_of(op)) note(op.depth(), *kind);
  if (op.verb != kInsert) return;
  inserted_.emplace(Dot{self_.author, self_.seq, op.index}, content_kind(op.code));
  kinds_.push_back({hash_element(levels_[op.depth()].path), inserted_->second});
}

void ConflictSurvey::note(std::size_t level, FieldKind kind) {
  std::optional<FieldKind>& known = levels_[level].kind;
  possible_ = possible_ || (known && *known != kind);
  if (known != kind) kinds_.push_back({levels_[level].path, kind});
  known = kind;
}

void ConflictSurvey::go_down(std::size_t at, const Step& step) {
  note(at, step.is_element ? FieldKind::list : FieldKind::map);
  Level& level = levels_[at];
  Level& below = levels_[at + 1];
  passed_.resize(level.end);
  step.is_element ? enter_element(level, below, step) : enter_field(level, below, step);
  level.end = below.begin = below.end = passed_.size();
}

void ConflictSurvey::enter_field(Level& level, Level& below, const Step& step) {
  below.path = hash_name(level.path, step.name);
  below.kind.reset();
  const auto begin = passed_.begin() + static_cast<std::ptrdiff_t>(level.begin);
  const bool is_full = level.end - level.begin == kFew;
  possible_ = possible_ || is_full || std::find(begin, passed_.end(), below.path) != passed_.end();
  if (!is_full) passed_.push_back(below.path);
}

/// The content's kind is known only for the last inserted element.
void ConflictSurvey::enter_element(Level& level, Level& below, const Step& step) {
  below.path = hash_element(level.path);
  below.kind.reset();
  if (inserted_ && inserted_->first == step.element) {
    below.kind = inserted_->second;
  } else {
    possible_ = true;
  }
  inserted_.reset();
}

}  // namespace relais::document
