#include "document/change_reader.h"

#include "base/try.h"
#include "document/utf8.h"

namespace relais::document {

using namespace layout;  // NOLINT: the names of the format, here and in the writer

namespace {

Error corrupt(const char* what) { return Error(ErrorCode::corrupt, what); }

Stamp read_stamp(Reader& in, bool wide) {
  std::uint64_t ms = 0;
  for (const char c : in.take(wide ? 6 : 5)) ms = ms << 8 | static_cast<std::uint8_t>(c);
  if (wide && ms >> 40 == 0) in.fail();
  const std::uint64_t counter = in.varint();
  if (counter > 0xffff) in.fail();
  return {((ms + kStampEpochMs) & kStampMask) << 16 | (counter & 0xffff)};
}

std::string read_id(Reader& in, bool is_text) {
  std::string id;
  if (is_text) {
    char ignored[16];
    id = in.sized(limits::kDocumentIdBytes);
    if (pack_uuid(id, ignored)) in.fail();
    return id;
  }
  const BytesView bytes = in.take(16);
  if (!bytes.empty()) unpack_uuid(bytes.data(), id);
  return id;
}

void read_context(Reader& in, const Position& self, Context& context) {
  const std::uint64_t head = in.varint();
  const std::uint64_t others = head >> 1;
  const bool has_own = (head & 1) != 0;
  if (head == 0 || others + (has_own ? 1 : 0) > limits::kContextEntries) return in.fail();
  AuthorId last{};
  for (std::uint64_t i = 0; i < others && in.ok(); ++i) {
    const auto author = in.id<AuthorId>();
    const std::uint64_t seq = in.varint();
    if ((i > 0 && author <= last) || author == self.author || seq == 0) return in.fail();
    last = author;
    context.advance(author, seq);
  }
  if (!has_own) return;
  const std::uint64_t back = in.varint();
  if (back == 0 || back >= self.seq) return in.fail();
  context.advance(self.author, self.seq - back);
}

void read_attribution(Reader& in, Attribution& attribution) {
  const std::uint8_t has = in.byte();
  if (has == 0 || (has & ~(kHasTransaction | kHasUser)) != 0) return in.fail();
  if ((has & kHasTransaction) != 0) attribution.transaction = in.id<TransactionId>();
  if ((has & kHasUser) == 0) return;
  attribution.user = in.sized(limits::kUserBytes);
  if (!check_user(attribution.user)) in.fail();
}

}  // namespace

Result<ChangeHeader> read_head(Reader& in, const Position& self) {
  const std::uint8_t first = in.byte();
  if (!in.ok()) return corrupt("the change is empty");
  if ((first & kVersionMask) != kVersion) {
    return Error(ErrorCode::unsupported_version, "the change is of a newer version of its format");
  }
  ChangeHeader header;
  header.stamp = read_stamp(in, (first & kWideStamp) != 0);
  header.address.id = read_id(in, (first & kIdIsText) != 0);
  if ((first & kHasAttribution) != 0) read_attribution(in, header.attribution);
  if ((first & kHasContext) != 0) read_context(in, self, header.context);
  header.address.collection = in.sized(limits::kCollectionBytes);
  if (!in.ok() || !check_address(header.address))
    return corrupt("the head of the change is malformed");
  return header;
}

Dot StructureReader::read_dot() {
  const std::uint64_t which = in_.varint();
  if (which == 0) {
    const std::uint64_t own = in_.varint();
    if (own >= next_index_) in_.fail();
    return {self_.author, self_.seq, static_cast<std::uint32_t>(own)};
  }
  if (which > context_.entries().size()) {
    in_.fail();
    return {};
  }
  const Position& entry = context_.entries()[static_cast<std::size_t>(which - 1)];
  const std::uint64_t back = in_.varint();
  const std::uint64_t at = in_.varint();
  if (back >= entry.seq || at >= kIndices) in_.fail();
  return {entry.author, entry.seq - back, static_cast<std::uint32_t>(at)};
}

bool StructureReader::read_step(std::size_t at, bool compare) {
  const StepView before = steps_[at];
  StepView& step = steps_[at];
  const std::uint64_t head = in_.varint();
  step.is_element = (head & 1) != 0;
  if (!step.is_element) {
    if (head >> 1 > limits::kPathStepBytes) return fail();
    step.name = in_.take(static_cast<std::size_t>(head >> 1));
    if (!in_.ok() || !is_utf8(step.name)) return fail();
    return !compare || before.is_element || before.name != step.name || fail();
  }
  if (at == 0) return fail();  // a section has a name
  const bool knows = memory_.knows(at, Kind::list);
  const Dot last{self_.author, self_.seq, memory_.at(at).index};
  if (head == kLastInserted) {
    if (!knows) return fail();
    step.element = last;
  } else if (head == kElement) {
    step.element = read_dot();
    if (knows && step.element == last) return fail();
  } else {
    return fail();
  }
  return !compare || !before.is_element || before.element != step.element || fail();
}

bool StructureReader::read_path(std::uint64_t head) {
  const std::size_t shared = static_cast<std::size_t>(head / kPathBase);
  const std::size_t added = static_cast<std::size_t>(head % kPathBase);
  if (shared > depth_ || shared + added > limits::kNestingDepth) return fail();
  memory_.keep(shared);
  const std::size_t before = depth_;
  for (std::size_t at = shared; at < shared + added; ++at) {
    // What is written as new must differ from what it could have shared.
    if (!read_step(at, at == shared && at < before)) return false;
  }
  depth_ = shared + added;
  shared_ = shared;
  return in_.ok();
}

bool StructureReader::next() {
  const std::uint64_t head = in_.varint();
  if (!in_.ok()) return false;
  if (head == kEnd) return ops_ > 0 ? false : fail();
  if (++ops_ > limits::kOpsPerChange || !read_path(head)) return fail();
  const std::uint8_t op = in_.byte();
  verb = static_cast<Verb>(op >> kVerbShift);
  code = op & kCodeMask;
  index = static_cast<std::uint32_t>(next_index_);
  code_points = 0;
  if (!in_.ok() || !read_detail()) return fail();
  next_index_ += verb == kOther && code == kInsertText ? code_points : 1;
  return next_index_ <= kIndices || fail();
}

bool StructureReader::read_detail() {
  // A whole document is only made or deleted: its fields have names.
  const bool whole = depth_ == 0;
  if (verb == kOther) {
    const bool of_all = code == kMakeMap || code == kDelete || code == kVoid || code == kWithdraw;
    return (!whole || of_all) && read_other();
  }
  if (whole || verb > kRegister) return false;
  if (verb == kInsert) return read_insertion(Kind::list);
  if (code == kMap || code == kList) return false;
  if (verb == kRegister) return read_register();
  return verb != kSetOver || read_dots(false);
}

bool StructureReader::read_other() {
  switch (code) {
    case kMakeMap:
    case kMakeList:
    case kMakeText:
    case kMakeSet:
    case kMakeCounter:
    case kDelete:
    case kVoid:
    case kCount: return true;
    case kWithdraw: return read_dots(false) && !dots.empty();
    case kMove: element = read_dot(); return read_origins(Kind::list);
    case kInsertText: return read_insertion(Kind::text);
    case kDeleteText: return read_runs();
    case kReset: return read_dots(true) && !dots.empty();
    default: return false;
  }
}

bool StructureReader::read_register() {
  const std::uint64_t head = in_.varint();
  const std::uint64_t rule = head >> 1;
  if (rule > kRanks) return false;
  over = (head & kOver) != 0;
  register_kind = rule == 0 ? Kind::last_writer : Kind::ranked;
  rank = static_cast<std::uint32_t>(rule == 0 ? 0 : rule - 1);
  return !over || read_dots(false);
}

bool StructureReader::read_origins(Kind kind) {
  const Neighbours usual = memory_.usual(depth_, kind, self_);
  const std::uint8_t origins = in_.byte();
  const auto read = [this](int origin, const std::optional<Dot>& expected, std::optional<Dot>& to) {
    to = expected;
    if (origin == kUsual) return true;
    to.reset();
    if (origin == kBorder) return expected.has_value();
    to = read_dot();
    return in_.ok() && to != expected;
  };
  return origins <= 8 && read(origins / 3, usual.left, where.left) &&
         read(origins % 3, usual.right, where.right) && in_.ok();
}

bool StructureReader::read_insertion(Kind kind) {
  if (!read_origins(kind)) return false;
  std::uint32_t last = index;
  if (kind == Kind::text) {
    const std::uint64_t count = in_.varint();
    if (count == 0 || count > kIndices) return false;
    code_points = static_cast<std::uint32_t>(count);
    last = index + code_points - 1;
  }
  memory_.remember(depth_, kind, last, where.right);
  return in_.ok();
}

bool StructureReader::read_dots(bool one_an_author) {
  dots.clear();
  const std::uint64_t count = in_.varint();
  for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
    const Dot dot = read_dot();
    if (i > 0 && (dot <= dots.back() || (one_an_author && dot.author == dots.back().author))) {
      return false;
    }
    dots.push_back(dot);
  }
  return in_.ok();
}

bool StructureReader::read_runs() {
  runs.clear();
  const std::uint64_t count = in_.varint();
  for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
    const Dot first = read_dot();
    const std::uint64_t length = in_.varint();
    const bool own = first.seq == self_.seq && first.author == self_.author;
    if (length == 0 || length > kIndices || first.index + length > (own ? next_index_ : kIndices)) {
      return false;
    }
    runs.emplace_back(first, static_cast<std::uint32_t>(length));
  }
  return in_.ok() && !runs.empty();
}

}  // namespace relais::document
