#include "document/codec/change_reader.h"

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

void read_cited(Reader& in, const Position& self, std::vector<Cited>& cited) {
  Cited entry;
  entry.author = in.id<AuthorId>();
  const std::uint64_t head = in.varint();
  entry.seq = head >> 1;
  if ((head & kHasFloor) != 0) {
    entry.floor = in.varint();
    if (entry.floor == 0) in.fail();
  }
  entry.hash = in.id<HeadPrefix>();
  const bool rises = cited.empty() || cited.back().author < entry.author;
  const bool sound = entry.seq > entry.floor && entry.seq <= limits::kLastSeq;
  if (!rises || !sound || entry.author == self.author) in.fail();
  cited.push_back(entry);
}

void read_citations(Reader& in, const Position& self, Citations& citations) {
  const std::uint64_t head = in.varint();
  const std::uint64_t others = head >> kContextBits;
  citations.whole = (head & kNotWhole) == 0;
  const bool has_own = (head & kHasOwn) != 0;
  const std::size_t most = citations.whole ? limits::kContextEntries : limits::kListedEntries;
  if (others + (has_own ? 1 : 0) > most) return in.fail();
  for (std::uint64_t i = 0; i < others && in.ok(); ++i) read_cited(in, self, citations.cited);
  if (!has_own) return;
  const std::uint64_t back = in.varint();
  if (back == 0 || back >= self.seq) return in.fail();
  citations.own_before = self.seq - back;
}

void read_contents(Reader& in, const Position& self, std::vector<AuthorId>& contents) {
  const std::uint64_t count = in.varint();
  if (count == 0 || count > kListedContents) return in.fail();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto content = in.id<AuthorId>();
    if ((i > 0 && content <= contents.back()) || content == self.author) return in.fail();
    contents.push_back(content);
  }
}

void read_exceptions(Reader& in, std::vector<Position>& exceptions) {
  const std::uint64_t count = in.varint();
  if (count == 0 || count > limits::kContextExceptions) return in.fail();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto author = in.id<AuthorId>();
    const Position exception{author, in.varint()};
    const bool rises = i == 0 || exceptions.back() < exception;
    if (!rises || exception.seq == 0 || exception.seq > limits::kLastSeq) return in.fail();
    exceptions.push_back(exception);
  }
}

/// Sets the context from whole citations. An exception beyond it is invalid.
void resolve_whole(Reader& in, const Position& self, ChangeHeader& header) {
  const Citations& cites = header.cites;
  for (const Cited& entry : cites.cited) header.context.advance(entry.author, entry.seq);
  if (cites.own_before != 0) header.context.advance(self.author, cites.own_before);
  for (const Position& exception : cites.exceptions) {
    if (!header.context.covers(exception.author, exception.seq)) return in.fail();
    header.context.except(exception);
  }
}

/// Reads the extras before the context; others follow it.
void read_extras(Reader& in, std::uint8_t has, ChangeHeader& header) {
  if (has == 0 || (has & ~kExtras) != 0) return in.fail();
  if ((has & kHasTransaction) != 0) header.attribution.transaction = in.id<TransactionId>();
  if ((has & kHasUser) != 0) {
    header.attribution.user = in.sized(limits::kUserBytes);
    if (!check_user(header.attribution.user)) in.fail();
  }
  if ((has & kHasWallOffset) == 0) return;
  const std::int64_t offset = in.zigzag();
  if (offset == 0 || offset < -kMostWallOffsetMs || offset > kMostWallOffsetMs) in.fail();
  header.attribution.wall_offset_ms = offset;
}

bool says_something(const Citations& citations) {
  return !citations.cited.empty() || citations.own_before != 0;
}

/// Whether an import's part has seen only its earlier parts, right before it: its bytes then don't
/// depend on its writer.
bool stands_alone(const Citations& citations, const Position& self) {
  if (citations.contents.empty()) return !says_something(citations);
  return citations.whole && citations.cited.empty() && citations.exceptions.empty() &&
         citations.own_before != 0 && citations.own_before + 1 == self.seq;
}

}  // namespace

Result<ChangeHeader> read_head(Reader& in, const Position& self, const CompartmentId& compartment) {
  const std::uint8_t first = in.byte();
  if (!in.ok()) return corrupt("The change is empty.");
  if ((first & kVersionMask) != kChangeVersion) {
    return Error(ErrorCode::unsupported_version,
                 "The change was made by a newer version of Relais: update this device.");
  }
  ChangeHeader header;
  header.stamp = read_stamp(in, (first & kWideStamp) != 0);
  header.address.id = read_id(in, (first & kIdIsText) != 0);
  const std::uint8_t extras = (first & kHasExtras) != 0 ? in.byte() : 0;
  if ((first & kHasExtras) != 0) read_extras(in, extras, header);
  Citations& cites = header.cites;
  if ((first & kHasContext) != 0) {
    read_citations(in, self, cites);
    if (!says_something(cites)) in.fail();
  }
  if ((extras & kHasContents) != 0) read_contents(in, self, cites.contents);
  if ((extras & kHasExceptions) != 0) read_exceptions(in, cites.exceptions);
  if (cites.whole) resolve_whole(in, self, header);
  header.address.collection = in.sized(limits::kCollectionBytes);
  const bool by_content = (extras & kByContent) != 0;
  if (by_content && !stands_alone(cites, self)) in.fail();
  if (!in.ok() || !check_address(header.address)) {
    return corrupt("The head of the change is malformed.");
  }
  if (by_content) {
    header.content = content_author(compartment, header.address, cites.contents, in.rest());
  }
  return header;
}

bool StructureReader::read_name(std::size_t number) {
  if (number <= names_.size()) return true;
  // A by-content change names no other author: its bytes don't depend on its writer.
  if (by_content_ || number != names_.size() + 1) return fail();
  const auto author = in_.id<AuthorId>();
  const std::uint64_t seq = in_.varint();
  if (seq == 0 || seq > limits::kLastSeq || names_.number(author, seq) != 0) return fail();
  names_.add_beyond(author, seq);
  return in_.ok();
}

Dot StructureReader::read_dot() {
  const std::uint64_t which = in_.varint();
  if (which == 0) {
    const std::uint64_t own = in_.varint();
    if (own >= next_index_) in_.fail();
    return {self_.author, self_.seq, static_cast<std::uint32_t>(own)};
  }
  const std::size_t known = names_.size();
  if (which > known + 1 || !read_name(static_cast<std::size_t>(which))) {
    in_.fail();
    return {};
  }
  const NamedAuthors::Name& name = names_[static_cast<std::size_t>(which)];
  Dot dot{name.author, name.base, 0};
  if (!name.by_content && which <= known) dot.seq = seq_before(name);
  if (name.beyond && names_.number(dot.author, dot.seq) != which) in_.fail();
  if (dot.author == self_.author && dot.seq >= self_.seq) in_.fail();
  const std::uint64_t at = in_.varint();
  if (at >= kIndices) in_.fail();
  dot.index = static_cast<std::uint32_t>(at);
  return dot;
}

/// A dot's seq, counted back from its author's citation. In citations that aren't whole, it may be
/// beyond.
std::uint64_t StructureReader::seq_before(const NamedAuthors::Name& name) {
  if (cites_.whole && !name.beyond) {
    const std::uint64_t back = in_.varint();
    if (back >= name.base) in_.fail();
    return name.base - back;
  }
  const std::int64_t back = in_.zigzag();
  const auto last = static_cast<std::int64_t>(limits::kLastSeq);
  const bool is_within = back <= last && back >= -last;
  const std::int64_t seq = is_within ? static_cast<std::int64_t>(name.base) - back : 0;
  if (seq < 1 || seq > last) in_.fail();
  return static_cast<std::uint64_t>(seq);
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
  const bool knows = memory_.knows(at, FieldKind::list);
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
    // A new step must differ from the step it could have shared.
    if (!read_step(at, at == shared && at < before)) return false;
  }
  depth_ = shared + added;
  shared_ = shared;
  return in_.ok();
}

bool StructureReader::next() {
  const std::uint64_t head = in_.varint();
  if (!in_.ok()) return false;
  // A change without ops only cites: its author saw more than the entries of one change express.
  if (head == kEnd) return ops_ > 0 || !cites_.whole ? false : fail();
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
  // The whole document takes only ops that make, delete or restore it: its fields have names.
  const bool whole = depth_ == 0;
  if (verb == kOther) {
    const bool of_all = code == kMakeMap || code == kDelete || code == kVoid || code == kWithdraw ||
                        code == kRestore || code == kKeep;
    return (!whole || of_all) && read_other();
  }
  if (whole || verb > kRegister) return false;
  // The element is one step deeper.
  if (verb == kInsert) return depth_ < limits::kNestingDepth && read_insertion(FieldKind::list);
  if (code == kMap || code == kList) return false;
  if (verb == kRegister) return read_register() && (!over || may_stand_beside_others());
  return verb != kSetOver || (read_dots(false) && may_stand_beside_others());
}

Bytes StructureReader::path_key() const {
  Bytes path;
  for (std::size_t at = 0; at < depth_; ++at) {
    const StepView& step = steps_[at];
    path.push_back(step.is_element ? 1 : 0);
    if (step.is_element) {
      path.append(step.element.author.view());
      put_u64(path, step.element.seq);
      put_u32(path, step.element.index);
    } else {
      put_sized(path, step.name);
    }
  }
  return path;
}

/// A Set over listed dots keeps this change's other values: limits their number at one path.
bool StructureReader::may_stand_beside_others() {
  return ++listed_sets_[path_key()] <= limits::kSetsAtOnePath;
}

/// What a mark covers must not depend on other changes' contexts. Of more marks at one path, the
/// first would not count.
bool StructureReader::may_delete() {
  return cites_.whole && ++deletions_[path_key()] <= limits::kMarksAtOnePath;
}

bool StructureReader::read_other() {
  switch (code) {
    case kMakeMap:
    case kMakeList:
    case kMakeText:
    case kMakeSet:
    case kMakeCounter:
    case kClear:
    case kCount: return true;
    case kDelete:
    case kVoid: return may_delete();
    case kRestore: return cites_.whole && read_dots(false) && !dots.empty();
    case kKeep:
    case kWithdraw: return read_dots(false) && !dots.empty();
    case kMove:
      element = read_dot();
      return depth_ < limits::kNestingDepth && read_origins(FieldKind::list);
    case kInsertText: return read_insertion(FieldKind::text);
    case kDeleteText: return read_runs();
    case kReset:
    case kResetOfMark: return read_dots(true) && !dots.empty();
    default: return false;
  }
}

bool StructureReader::read_register() {
  const std::uint64_t head = in_.varint();
  const std::uint64_t rule = head >> 1;
  if (rule > kRanks) return false;
  over = (head & kOver) != 0;
  register_kind = rule == 0 ? FieldKind::last_writer : FieldKind::ranked;
  rank = static_cast<std::uint32_t>(rule == 0 ? 0 : rule - 1);
  return !over || read_dots(false);
}

bool StructureReader::read_origins(FieldKind kind) {
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

bool StructureReader::read_insertion(FieldKind kind) {
  if (!read_origins(kind)) return false;
  std::uint32_t last = index;
  if (kind == FieldKind::text) {
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
