#include "document/codec/change_writer.h"

#include <algorithm>

#include "base/check.h"
#include "document/utf8.h"

namespace relais::document {

using namespace layout;  // NOLINT: the names of the format, here and in the reader

void ChangeWriter::start(const Position& self, const Citations& citations) {
  self_ = self;
  citations_ = &citations;
  names_ = NamedAuthors(citations, self.author);
  structure_.clear();
  numbers_.clear();
  text_.clear();
  depth_ = shared_ = ops_ = 0;
  memory_.clear();
  index_ = 0;
}

void ChangeWriter::push(std::string_view name) {
  RELAIS_CHECK(depth_ < limits::kNestingDepth);
  steps_[depth_].name = name;
  steps_[depth_++].is_element = false;
}

void ChangeWriter::push(const Dot& element) {
  RELAIS_CHECK(depth_ < limits::kNestingDepth);
  steps_[depth_].element = element;
  steps_[depth_++].is_element = true;
}

bool ChangeWriter::same_step(std::size_t at, const Step& step) const {
  const StepView& here = steps_[at];
  if (const auto* name = std::get_if<std::string>(&step)) {
    return !here.is_element && here.name == *name;
  }
  return here.is_element && here.element == std::get<Dot>(step);
}

void ChangeWriter::move_to(const Path& path) {
  std::size_t same = 0;
  while (same < depth_ && same < path.size() && same_step(same, path[same])) ++same;
  while (depth_ > same) pop();
  for (std::size_t i = same; i < path.size(); ++i) {
    if (const auto* name = std::get_if<std::string>(&path[i])) {
      push(*name);
    } else {
      push(std::get<Dot>(path[i]));
    }
  }
}

void ChangeWriter::put_dot(const Dot& dot) {
  if (is_own(dot)) {
    put_varint(structure_, 0);
    put_varint(structure_, dot.index);
    return;
  }
  const std::size_t number = names_.number(dot.author, dot.seq);
  if (number == 0) {
    put_varint(structure_, names_.size() + 1);
    structure_.append(dot.author.view());
    put_varint(structure_, dot.seq);
    names_.add_beyond(dot.author, dot.seq);
  } else {
    put_varint(structure_, number);
    put_seq(names_[number], dot.seq);
  }
  put_varint(structure_, dot.index);
}

void ChangeWriter::put_seq(const NamedAuthors::Name& name, std::uint64_t seq) {
  if (name.by_content) return;
  if (!citations_->whole || name.beyond) {
    return put_signed(structure_, static_cast<std::int64_t>(name.base - seq));
  }
  put_varint(structure_, name.base - seq);
}

void ChangeWriter::put_step(std::size_t at) {
  const StepView& step = steps_[at];
  if (!step.is_element) {
    put_varint(structure_, step.name.size() << 1);
    structure_.append(step.name);
    return;
  }
  const bool last = memory_.knows(at, FieldKind::list) && is_own(step.element) &&
                    step.element.index == memory_.at(at).index;
  put_varint(structure_, last ? kLastInserted : kElement);
  if (!last) put_dot(step.element);
}

void ChangeWriter::put_head(unsigned verb, unsigned code) {
  memory_.keep(shared_);
  put_varint(structure_, shared_ * kPathBase + (depth_ - shared_));
  for (std::size_t at = shared_; at < depth_; ++at) put_step(at);
  structure_.push_back(static_cast<char>(verb << kVerbShift | code));
  shared_ = depth_;
  ++ops_;
  ++index_;
}

void ChangeWriter::put_value(Verb verb, const ValueView& value) {
  const CodedValue coded = code_value(value);
  put_head(verb, coded.code);
  put_payload(coded, numbers_, text_);
}

void ChangeWriter::put_dots(std::vector<Dot> dots) {
  std::sort(dots.begin(), dots.end());
  dots.erase(std::unique(dots.begin(), dots.end()), dots.end());
  put_varint(structure_, dots.size());
  for (const Dot& dot : dots) put_dot(dot);
}

void ChangeWriter::set_over(const ValueView& value, std::vector<Dot> over) {
  put_value(kSetOver, value);
  put_dots(std::move(over));
}

void ChangeWriter::set_register(const ValueView& value, FieldKind kind, std::uint32_t rank,
                                const std::optional<std::vector<Dot>>& over) {
  put_value(kRegister, value);
  const std::uint64_t rule = kind == FieldKind::ranked ? std::uint64_t{1} + rank : 0;
  put_varint(structure_, rule << 1 | (over ? kOver : 0));
  if (over) put_dots(*over);
}

Neighbours ChangeWriter::usual(FieldKind kind) {
  memory_.keep(shared_);
  return memory_.usual(depth_, kind, self_);
}

void ChangeWriter::put_origins(const Neighbours& where, const Neighbours& usual) {
  const auto origin = [](const std::optional<Dot>& dot, const std::optional<Dot>& expected) {
    if (dot == expected) return kUsual;
    return dot ? kDot : kBorder;
  };
  const Origin left = origin(where.left, usual.left);
  const Origin right = origin(where.right, usual.right);
  structure_.push_back(static_cast<char>(left * 3 + right));
  if (left == kDot) put_dot(*where.left);
  if (right == kDot) put_dot(*where.right);
}

std::uint32_t ChangeWriter::insert(const Neighbours& where, const ValueView& value) {
  const std::uint32_t index = index_;
  put_value(kInsert, value);
  put_origins(where, memory_.usual(depth_, FieldKind::list, self_));
  memory_.remember(depth_, FieldKind::list, index, where.right);
  return index;
}

std::uint32_t ChangeWriter::insert(const Neighbours& where, FieldKind empty) {
  const std::uint32_t index = index_;
  put_head(kInsert, empty == FieldKind::map ? kMap : kList);
  put_origins(where, memory_.usual(depth_, FieldKind::list, self_));
  memory_.remember(depth_, FieldKind::list, index, where.right);
  return index;
}

std::uint32_t ChangeWriter::insert_text(const Neighbours& where, std::string_view text) {
  const std::uint32_t index = index_;
  const auto count = static_cast<std::uint32_t>(count_code_points(text));
  put_head(kOther, kInsertText);
  put_origins(where, memory_.usual(depth_, FieldKind::text, self_));
  put_varint(structure_, count);
  put_sized(text_, text);
  index_ = index + count;
  memory_.remember(depth_, FieldKind::text, index_ - 1, where.right);
  return index;
}

void ChangeWriter::make(FieldKind kind) {
  put_head(kOther, kMakeMap + static_cast<unsigned>(kind) - static_cast<unsigned>(FieldKind::map));
}

void ChangeWriter::erase() { put_head(kOther, kDelete); }

void ChangeWriter::make_void(std::string_view reason) {
  put_head(kOther, kVoid);
  put_sized(text_, reason);
}

void ChangeWriter::restore(std::vector<Dot> marks) {
  put_head(kOther, kRestore);
  put_dots(std::move(marks));
}

void ChangeWriter::keep(std::vector<Dot> marks) {
  put_head(kOther, kKeep);
  put_dots(std::move(marks));
}

void ChangeWriter::clear() { put_head(kOther, kClear); }

void ChangeWriter::withdraw(std::vector<Dot> dots) {
  put_head(kOther, kWithdraw);
  put_dots(std::move(dots));
}

void ChangeWriter::move(const Dot& element, const Neighbours& where) {
  put_head(kOther, kMove);
  put_dot(element);
  put_origins(where, memory_.usual(depth_, FieldKind::list, self_));
}

void ChangeWriter::delete_text(const std::vector<std::pair<Dot, std::uint32_t>>& runs) {
  put_head(kOther, kDeleteText);
  put_varint(structure_, runs.size());
  for (const auto& [first, count] : runs) {
    put_dot(first);
    put_varint(structure_, count);
  }
}

void ChangeWriter::count(std::int64_t total) {
  put_head(kOther, kCount);
  put_signed(numbers_, total);
}

void ChangeWriter::reset(op::ResetCounter reset) {
  put_head(kOther, reset.of_mark ? kResetOfMark : kReset);
  auto& seen = reset.seen;
  std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.dot < b.dot; });
  put_varint(structure_, seen.size());
  for (const auto& entry : seen) {
    put_dot(entry.dot);
    put_signed(numbers_, entry.total);
  }
}

namespace {

void put_stamp(Bytes& out, Stamp stamp, bool wide) {
  const std::uint64_t ms = ((stamp.bits >> 16) - kStampEpochMs) & kStampMask;
  for (int shift = wide ? 40 : 32; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(ms >> shift));
  }
  put_varint(out, stamp.bits & 0xffff);
}

std::uint8_t extras_of(const ChangeHeader& header) {
  return static_cast<std::uint8_t>((header.attribution.transaction ? kHasTransaction : 0) |
                                   (header.attribution.user.empty() ? 0 : kHasUser) |
                                   (header.attribution.wall_offset_ms != 0 ? kHasWallOffset : 0) |
                                   (header.content ? kByContent : 0) |
                                   (header.cites.contents.empty() ? 0 : kHasContents) |
                                   (header.cites.exceptions.empty() ? 0 : kHasExceptions));
}

/// The extras before the context.
void put_extras(Bytes& out, std::uint8_t extras, const ChangeHeader& header) {
  out.push_back(static_cast<char>(extras));
  if (header.attribution.transaction) out.append(header.attribution.transaction->view());
  if (!header.attribution.user.empty()) put_sized(out, header.attribution.user);
  if (header.attribution.wall_offset_ms != 0) put_signed(out, header.attribution.wall_offset_ms);
}

void put_citations(Bytes& out, const Citations& citations, std::uint64_t back) {
  const bool own = citations.own_before != 0;
  put_varint(out, citations.cited.size() << kContextBits | (citations.whole ? 0 : kNotWhole) |
                      (own ? kHasOwn : 0));
  for (const Cited& entry : citations.cited) {
    out.append(entry.author.view());
    put_varint(out, entry.seq << 1 | (entry.floor != 0 ? kHasFloor : 0));
    if (entry.floor != 0) put_varint(out, entry.floor);
    out.append(entry.hash.view());
  }
  if (own) put_varint(out, back);
}

void put_contents(Bytes& out, const std::vector<AuthorId>& contents) {
  if (contents.empty()) return;
  put_varint(out, contents.size());
  for (const AuthorId& content : contents) out.append(content.view());
}

void put_exceptions(Bytes& out, const std::vector<Position>& exceptions) {
  if (exceptions.empty()) return;
  put_varint(out, exceptions.size());
  for (const Position& exception : exceptions) {
    out.append(exception.author.view());
    put_varint(out, exception.seq);
  }
}

}  // namespace

void ChangeWriter::finish(const ChangeHeader& header, Bytes& out) {
  RELAIS_CHECK(ops_ > 0 || !citations_->whole);
  const Stamp stamp = header.stamp;
  char uuid[16];
  const bool id_is_uuid = pack_uuid(header.address.id, uuid);
  const bool wide = (((stamp.bits >> 16) - kStampEpochMs) & kStampMask) >> 40 != 0;
  const bool has_context = !citations_->cited.empty() || citations_->own_before != 0;
  const std::uint8_t extras = extras_of(header);
  out.push_back(static_cast<char>(kChangeVersion | (id_is_uuid ? 0 : kIdIsText) |
                                  (has_context ? kHasContext : 0) | (wide ? kWideStamp : 0) |
                                  (extras != 0 ? kHasExtras : 0)));
  put_stamp(out, stamp, wide);
  if (id_is_uuid) {
    out.append(uuid, sizeof uuid);
  } else {
    put_sized(out, header.address.id);
  }
  if (extras != 0) put_extras(out, extras, header);
  // The parts of an import are at consecutive positions.
  const std::uint64_t back = header.content ? 1 : self_.seq - citations_->own_before;
  if (has_context) put_citations(out, *citations_, back);
  put_contents(out, header.cites.contents);
  put_exceptions(out, header.cites.exceptions);
  put_sized(out, header.address.collection);
  out.append(structure_);
  put_varint(out, kEnd);
  out.append(text_);
  out.append(numbers_);
}

}  // namespace relais::document
