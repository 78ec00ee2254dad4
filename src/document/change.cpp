#include "document/change.h"

#include <algorithm>

#include "base/try.h"
#include "document/codec/change_reader.h"
#include "document/codec/change_writer.h"
#include "document/codec/conflict_survey.h"
#include "document/utf8.h"

namespace relais::document {

using namespace layout;  // NOLINT: the names of the format

namespace {

bool is_reset(std::uint8_t code) { return code == kReset || code == kResetOfMark; }

/// An op's part in the columns of numbers and text.
struct Payload {
  Verb verb;
  std::uint8_t code;
  std::uint32_t count = 0;  ///< code points of kInsertText, totals of kReset

  bool is_reset() const { return verb == kOther && document::is_reset(code); }
  bool is(Other other) const { return verb == kOther && code == other; }
  bool has_value() const { return verb != kOther && code != kMap && code != kList; }
  bool has_text() const {
    return verb == kOther ? code == kInsertText || code == kVoid : code == kText;
  }
};

Error malformed() { return Error(ErrorCode::corrupt, "The change is malformed."); }

/// Skips the column of text.
void skip_text(const std::vector<Payload>& payloads, Reader& in) {
  for (const Payload& payload : payloads) {
    if (payload.has_text()) in.sized(limits::kStringBytes);
  }
}

/// The inserted text; fails if its number of code points isn't the structure's.
std::string_view read_run(const Payload& payload, Reader& text) {
  const std::string_view run = text.sized(limits::kStringBytes);
  if (!is_utf8(run) || count_code_points(run) != payload.count) text.fail();
  return run;
}

std::string_view read_reason(Reader& text) {
  const std::string_view reason = text.sized(limits::kReasonBytes);
  if (!is_utf8(reason)) text.fail();
  return reason;
}

/// The columns after the structure.
struct Columns {
  std::vector<Payload> payloads;
  BytesView text;
  BytesView numbers;
};

/// `each(structure)` is called at each op.
template <class Each>
Status find_columns(Reader& in, const Position& self, const ChangeHeader& header, Columns& columns,
                    const Each& each) {
  StructureReader structure(in, self, header);
  columns.payloads.reserve(64);
  while (structure.next()) {
    const auto count = structure.verb == kOther && is_reset(structure.code)
                           ? static_cast<std::uint32_t>(structure.dots.size())
                           : structure.code_points;
    columns.payloads.push_back({structure.verb, structure.code, count});
    each(structure);
  }
  if (!in.ok()) return malformed();
  columns.text = in.rest();
  skip_text(columns.payloads, in);
  if (!in.ok()) return malformed();
  columns.numbers = in.rest();
  columns.text.remove_suffix(columns.numbers.size());
  return {};
}

Status check_size(BytesView bytes) {
  if (bytes.size() <= limits::kChangeBytes) return {};
  return Error(ErrorCode::limit_exceeded,
               "The change is larger than " + std::to_string(limits::kChangeBytes) + " bytes.");
}

Path path_of(const StructureReader& structure) {
  Path path;
  path.reserve(structure.depth());
  for (std::size_t i = 0; i < structure.depth(); ++i) {
    const auto& step = structure.steps()[i];
    if (step.is_element) {
      path.emplace_back(step.element);
    } else {
      path.emplace_back(std::string(step.name));
    }
  }
  return path;
}

void build_other(const StructureReader& structure, Op& op) {
  switch (structure.code) {
    case kDelete: op.what = op::Delete{}; break;
    case kVoid: op.what = op::Delete{std::string()}; break;
    case kWithdraw: op.what = op::Withdraw{structure.dots}; break;
    case kMove:
      op.what = op::Move{structure.element, structure.where.left, structure.where.right};
      break;
    case kInsertText:
      op.what = op::InsertText{structure.where.left, structure.where.right, {}};
      break;
    case kDeleteText: op.what = op::DeleteText{structure.runs}; break;
    case kCount: op.what = op::Count{}; break;
    case kClear: op.what = op::Clear{}; break;
    case kRestore: op.what = op::Restore{structure.dots}; break;
    case kKeep: op.what = op::Keep{structure.dots}; break;
    case kReset:
    case kResetOfMark: {
      op::ResetCounter reset{{}, structure.code == kResetOfMark};
      for (const Dot& dot : structure.dots) reset.seen.push_back({dot, 0});
      op.what = std::move(reset);
      break;
    }
    default:
      op.what = op::Make{
          static_cast<FieldKind>(structure.code - kMakeMap + static_cast<int>(FieldKind::map))};
  }
}

/// The op without its payload.
void build(const StructureReader& structure, std::vector<Op>& ops) {
  Op& op = ops.emplace_back();
  op.path = path_of(structure);
  switch (structure.verb) {
    case kSet: op.what = op::Set{}; break;
    case kSetOver: op.what = op::Set{nullptr, structure.dots}; break;
    case kRegister:
      op.what = op::Set{nullptr, structure.over ? std::optional(structure.dots) : std::nullopt,
                        structure.register_kind, structure.rank};
      break;
    case kInsert: {
      op::Insert insert{structure.where.left, structure.where.right, Value()};
      if (structure.code == kMap) insert.content = FieldKind::map;
      if (structure.code == kList) insert.content = FieldKind::list;
      op.what = std::move(insert);
      break;
    }
    case kAdd: op.what = op::Add{}; break;
    case kRemove: op.what = op::Remove{}; break;
    case kOther: build_other(structure, op); break;
  }
}

Value* value_of(Op& op) {
  if (auto* set = std::get_if<op::Set>(&op.what)) return &set->value;
  if (auto* insert = std::get_if<op::Insert>(&op.what)) return std::get_if<Value>(&insert->content);
  if (auto* add = std::get_if<op::Add>(&op.what)) return &add->value;
  return &std::get<op::Remove>(op.what).value;
}

void fill(const Payload& payload, Op& op, Reader& numbers, Reader& text) {
  if (payload.has_value()) {
    *value_of(op) = read_value(static_cast<ValueCode>(payload.code), numbers, text);
  } else if (payload.is(kInsertText)) {
    std::get<op::InsertText>(op.what).text = read_run(payload, text);
  } else if (payload.is(kVoid)) {
    std::get<op::Delete>(op.what).reason = read_reason(text);
  } else if (payload.is(kCount)) {
    std::get<op::Count>(op.what).total = numbers.zigzag();
  } else if (payload.is_reset()) {
    for (auto& seen : std::get<op::ResetCounter>(op.what).seen) seen.total = numbers.zigzag();
  }
}

struct OpWriter {
  ChangeWriter& out;
  void operator()(const op::Set& set) const {
    if (set.kind != FieldKind::value) {
      out.set_register(set.value, set.kind, set.rank, set.over);
    } else if (set.over) {
      out.set_over(set.value, *set.over);
    } else {
      out.set(set.value);
    }
  }
  void operator()(const op::Make& make) const { out.make(make.kind); }
  void operator()(const op::Delete& erase) const {
    if (erase.reason) {
      out.make_void(*erase.reason);
    } else {
      out.erase();
    }
  }
  void operator()(const op::Restore& restore) const { out.restore(restore.marks); }
  void operator()(const op::Keep& keep) const { out.keep(keep.marks); }
  void operator()(const op::Clear&) const { out.clear(); }
  void operator()(const op::Withdraw& withdraw) const { out.withdraw(withdraw.dots); }
  void operator()(const op::Move& move) const { out.move(move.element, {move.left, move.right}); }
  void operator()(const op::Insert& insert) const {
    if (const auto* value = std::get_if<Value>(&insert.content)) {
      out.insert({insert.left, insert.right}, ValueView(*value));
    } else {
      out.insert({insert.left, insert.right}, std::get<FieldKind>(insert.content));
    }
  }
  void operator()(const op::InsertText& insert) const {
    out.insert_text({insert.left, insert.right}, insert.text);
  }
  void operator()(const op::DeleteText& remove) const { out.delete_text(remove.runs); }
  void operator()(const op::Count& count) const { out.count(count.total); }
  void operator()(const op::ResetCounter& reset) const { out.reset(reset); }
  void operator()(const op::Add& add) const { out.add(add.value); }
  void operator()(const op::Remove& remove) const { out.remove(remove.value); }
};

}  // namespace

bool replaces_what_it_saw(const Op& op) {
  struct Replaces {
    bool operator()(const op::Set& set) const { return !set.over; }
    bool operator()(const op::Make&) const { return true; }
    bool operator()(const op::Insert&) const { return true; }
    bool operator()(const op::InsertText&) const { return true; }
    bool operator()(const op::DeleteText&) const { return true; }
    bool operator()(const op::Count&) const { return true; }
    bool operator()(const op::Add&) const { return true; }
    bool operator()(const op::Remove&) const { return true; }
    bool operator()(const op::Delete&) const { return false; }
    bool operator()(const op::Restore&) const { return false; }
    bool operator()(const op::Keep&) const { return false; }
    bool operator()(const op::Clear&) const { return false; }
    bool operator()(const op::Withdraw&) const { return false; }
    bool operator()(const op::Move&) const { return false; }
    bool operator()(const op::ResetCounter&) const { return false; }
  };
  return std::visit(Replaces(), op.what);
}

bool replaces_what_it_saw(const std::vector<Op>& ops) {
  return std::all_of(ops.begin(), ops.end(), [](const Op& op) { return replaces_what_it_saw(op); });
}

Bytes encode(const Change& change, const Position& self) {
  const Citations& cites = change.cites;
  const bool is_cited = !cites.cited.empty() || cites.own_before != 0 || !cites.whole;
  if (!is_cited && !change.context.entries().empty()) {
    Change citing = change;
    cite(citing, self, [](const Position&) { return HeadPrefix(); });
    return encode(citing, self);
  }
  ChangeWriter writer;
  writer.start(own_position(change, self), cites);
  for (const Op& op : change.ops) {
    writer.move_to(op.path);
    std::visit(OpWriter{writer}, op.what);
  }
  Bytes out;
  writer.finish(change, out);
  return out;
}

Result<ChangeHeader> decode_header(BytesView bytes, const Position& self,
                                   const CompartmentId& compartment) {
  Reader in(bytes);
  return read_head(in, self, compartment);
}

Result<Change> decode_change(BytesView bytes, const Position& self,
                             const CompartmentId& compartment) {
  RELAIS_TRY(check_size(bytes));
  Reader in(bytes);
  RELAIS_ASSIGN(ChangeHeader header, read_head(in, self, compartment));
  Change change;
  change.ops.reserve(bytes.size() / 16);  // about an op's size
  Columns columns;
  RELAIS_TRY(find_columns(in, own_position(header, self), header, columns,
                          [&](const StructureReader& structure) { build(structure, change.ops); }));
  Reader numbers(columns.numbers);
  Reader text(columns.text);
  for (std::size_t i = 0; i < change.ops.size(); ++i) {
    fill(columns.payloads[i], change.ops[i], numbers, text);
  }
  if (!numbers.finished() || !text.finished()) return malformed();
  static_cast<ChangeHeader&>(change) = std::move(header);
  return change;
}

Result<ChangeSummary> inspect_change(BytesView bytes, const Position& self,
                                     const CompartmentId& compartment) {
  RELAIS_TRY(check_size(bytes));
  Reader in(bytes);
  RELAIS_ASSIGN(ChangeHeader header, read_head(in, self, compartment));
  ChangeSummary summary;
  summary.header = std::move(header);
  Columns columns;
  auto& sections = summary.sections;
  const Position own = own_position(summary.header, self);
  ConflictSurvey survey(own);
  RELAIS_TRY(find_columns(in, own, summary.header, columns, [&](const StructureReader& structure) {
    survey.add(structure);
    if (structure.depth() == 0 || (structure.shared() > 0 && !sections.empty())) return;
    const std::string_view name = structure.steps()[0].name;
    if (std::find(sections.begin(), sections.end(), name) == sections.end()) {
      sections.emplace_back(name);
    }
  }));
  summary.may_conflict = survey.is_possible();
  summary.replaces = survey.replaces();
  summary.kinds = std::move(survey.kinds());
  Reader numbers(columns.numbers);
  Reader text(columns.text);
  for (const Payload& payload : columns.payloads) {
    if (payload.has_value()) {
      skip_value(static_cast<ValueCode>(payload.code), numbers, text);
    } else if (payload.is(kInsertText)) {
      read_run(payload, text);
    } else if (payload.is(kVoid)) {
      read_reason(text);
    } else if (payload.is(kCount)) {
      numbers.varint();
    } else if (payload.is_reset()) {
      for (std::uint32_t i = 0; i < payload.count; ++i) numbers.varint();
    }
  }
  if (!numbers.finished() || !text.finished()) return malformed();
  return summary;
}

}  // namespace relais::document
