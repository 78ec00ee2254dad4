#include "property/model_history.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "document/state/table.h"
#include "model/covers.h"
#include "model/text.h"

namespace relais::document {
namespace {

/// Not in the order of the model's authors: ids decide ties.
AuthorId author_of(int author) {
  AuthorId id;
  id.bytes.fill(static_cast<std::uint8_t>(author * 83 + 40));
  return id;
}

/// Other documents of the log take seqs too.
Position position_of(const model::Place& place) {
  return {author_of(place.author), static_cast<std::uint64_t>(place.seq) * 2};
}

Value text_value(const std::string& text) { return Value(text); }

std::string item_text(const std::string& kind, const std::string& path, const std::string& dot,
                      const std::string& text) {
  return kind + " " + path + " " + dot + " " + text;
}

void add_lines(std::string& out, const char* what, const std::set<std::string>& lines) {
  out += what;
  out += ":\n";
  for (const std::string& line : lines) out += "  " + line + "\n";
}

}  // namespace

std::string text_of(const Observed& observed) {
  std::string out;
  add_lines(out, "shown", observed.shown);
  add_lines(out, "marks", observed.marks);
  add_lines(out, "contested", observed.contested);
  for (const auto& [path, value] : observed.counters) {
    out += path + " " + std::to_string(value) + "\n";
  }
  return out;
}

ModelHistory::ModelHistory(const model::History& history, const model::Arrival& arrival,
                           WideOps* wide)
    : history_(history),
      arrival_(arrival),
      found_(model::covers(history, arrival.admitted, arrival.admitted & ~arrival.gone)),
      wide_(wide) {
  for (const model::Change& change : history.changes()) write(change);
}

/// A context that covers exactly these.
Context ModelHistory::context_of(model::Set covered) const {
  Context context;
  for (const model::Change& change : history_.changes()) {
    const Position position = position_of(change.place);
    if (model::has(covered, change.number)) context.advance(position.author, position.seq);
  }
  for (const model::Change& change : history_.changes()) {
    const Position position = position_of(change.place);
    const bool is_within = position.seq < context.last(position.author);
    if (is_within && !model::has(covered, change.number)) context.except(position);
  }
  return context;
}

bool ModelHistory::covers_exactly(const Context& context, model::Set covered) const {
  const auto& changes = history_.changes();
  return std::all_of(changes.begin(), changes.end(), [&](const model::Change& change) {
    const Position position = position_of(change.place);
    return context.covers(position.author, position.seq) == model::has(covered, change.number);
  });
}

/// The citations as their writer listed what it saw.
Citations ModelHistory::citations_of(const model::Change& change) const {
  Citations cites;
  cites.whole = change.is_whole;
  std::map<AuthorId, std::uint64_t> last;
  for (const model::Place& place : change.entries) {
    const Position position = position_of(place);
    last[position.author] = std::max(last[position.author], position.seq);
  }
  for (const auto& [author, seq] : last) cites.cited.push_back({author, seq, {}});
  // It has seen none of its own changes beyond the cut-off.
  for (const int own : history_.log(change.place.author)) {
    if (!model::has(change.saw, own)) continue;
    cites.own_before = position_of(history_.change(own).place).seq;
  }
  last[author_of(change.place.author)] = cites.own_before;
  for (const model::Place& place : change.holes) {
    const Position position = position_of(place);
    // Where the list is the whole context, later places are not covered anyway.
    if (!change.is_whole && place.author != change.place.author) {
      cites.exceptions.push_back(position);
    }
  }
  for (const model::Change& other : history_.changes()) {
    const Position position = position_of(other.place);
    const bool is_own = other.place.author == change.place.author;
    const bool is_within = position.seq <= last[position.author];
    if ((change.is_whole || is_own) && is_within && !model::has(change.saw, other.number)) {
      cites.exceptions.push_back(position);
    }
  }
  std::sort(cites.exceptions.begin(), cites.exceptions.end());
  for (const auto& [number, author] : contents_) {
    if (model::has(change.listed, number - model::kContent)) cites.contents.push_back(author);
  }
  std::sort(cites.contents.begin(), cites.contents.end());
  return cites;
}

void ModelHistory::write(const model::Change& change) {
  const Position position = position_of(change.place);
  Change made;
  made.address = {"cases", "one"};
  made.stamp = {(1'790'000'000'000ULL + static_cast<std::uint64_t>(change.number)) << 16};
  made.cites = citations_of(change);
  const bool is_import = change.carry.what == model::Carries::an_import;
  const int unit = is_import ? history_.content_of(change) : change.number;
  if (is_import) made.content.emplace();
  add_ops(change, unit, made.ops);

  Change read = read_back(made, position);
  RELAIS_CHECK(!change.is_whole || covers_exactly(read.context, change.saw));
  if (wide_ != nullptr) add_wide(change, unit, position, read);
  // An import has seen nothing, whatever its author wrote before.
  if (!is_import) read.context = context_of(found_[static_cast<std::size_t>(change.number)]);
  for (const Position& exception : read.cites.exceptions) {
    const bool is_covered = read.context.covers(exception.author, exception.seq);
    if (wide_ != nullptr && is_covered) read.context.except(exception);
  }
  if (read.content) contents_[unit] = *read.content;
  for (std::size_t k = 0; k < change.ops.size(); ++k) {
    const model::Dot own{unit, static_cast<int>(k)};
    model_dots_[dot(own)] = own;
  }
  written_.push_back({position, std::move(read)});
}

Change ModelHistory::read_back(const Change& made, const Position& position) const {
  auto decoded = decode_change(encode(made, position), position);
  RELAIS_CHECK(decoded.has_value() && decoded->cites == made.cites);
  return std::move(*decoded);
}

/// Adds extra ops, unless a reader refuses them: some exceed a limit.
void ModelHistory::add_wide(const model::Change& change, int unit, const Position& position,
                            Change& read) {
  Change wider = read;
  const std::vector<Op> more =
      read.content ? wide_->more_content(unit) : wide_->more(change.saw, change.is_whole);
  wide_->twist(wider, position);
  wider.ops.insert(wider.ops.end(), more.begin(), more.end());
  const Bytes bytes = encode(wider, position);
  auto decoded = decode_change(bytes, position);
  RELAIS_CHECK(!decoded || encode(*decoded, position) == bytes);
  RELAIS_CHECK(decoded.has_value() == inspect_change(bytes, position).has_value());
  if (decoded) read = std::move(*decoded);
  refused_ += decoded ? 0 : 1;
  const Position own = read.content ? Position{*read.content, 1} : position;
  wide_->note(read.ops, own, change.number);
}

void ModelHistory::add_ops(const model::Change& change, int unit, std::vector<Op>& ops) {
  auto& indices = indices_[unit];
  indices.clear();
  for (const model::Op& op : change.ops) {
    add_op(change, op, ops);
    indices.push_back(static_cast<std::uint32_t>(ops.size()) - 1);
  }
}

/// As many ops as the engine needs; the dot of the last one stands for the model's.
void ModelHistory::add_op(const model::Change& change, const model::Op& op, std::vector<Op>& ops) {
  const Path at = path(op.path);
  switch (op.verb) {
    case model::Verb::set: ops.push_back({at, op::Set{text_value(op.text), {}}}); break;
    case model::Verb::clear: ops.push_back({at, op::Clear{}}); break;
    case model::Verb::del:
      add_resets(change, op.path, ops);
      ops.push_back({at, op::Delete{op.text.empty() ? std::nullopt : std::optional(op.text)}});
      break;
    case model::Verb::restore: {
      add_withdrawals(op.dots, &op.path, ops);
      model::Dots own;
      for (const model::Dot& mark : op.dots) {
        if (history_.change(mark.unit).ops[static_cast<std::size_t>(mark.index)].path == op.path) {
          own.push_back(mark);
        }
      }
      ops.push_back({at, op::Restore{dots(own)}});
      break;
    }
    case model::Verb::make: ops.push_back({at, op::Make{FieldKind::map}}); break;
    case model::Verb::keep: ops.push_back({at, op::Keep{dots(op.dots)}}); break;
    case model::Verb::withdraw: add_withdrawals(op.dots, nullptr, ops); break;
    case model::Verb::add: ops.push_back({at, op::Add{text_value(op.text)}}); break;
    case model::Verb::remove: ops.push_back({at, op::Remove{text_value(op.text)}}); break;
    case model::Verb::count: ops.push_back({at, op::Count{op.number}}); break;
    case model::Verb::insert: ops.push_back({at, op::Insert{{}, {}, text_value(op.text)}}); break;
    case model::Verb::move: {
      const Path list(at.begin(), at.end() - 1);
      ops.push_back({list, op::Move{dot(op.path.back().element), {}, {}}});
      break;
    }
    case model::Verb::nothing: RELAIS_CHECK(false);
  }
}

/// Resets the counters below: each author's last total that the deleter saw.
void ModelHistory::add_resets(const model::Change& change, const model::Path& path,
                              std::vector<Op>& ops) const {
  std::map<AuthorId, op::ResetCounter::Seen> seen;
  for (const model::Change& other : history_.changes()) {
    if (!model::has(change.saw, other.number)) continue;
    for (std::size_t k = 0; k < other.ops.size(); ++k) {
      const model::Op& op = other.ops[k];
      if (op.verb != model::Verb::count || !model::below(op.path, path)) continue;
      const Dot total = dot({other.number, static_cast<int>(k)});
      seen[total.author] = {total, op.number};
    }
  }
  if (seen.empty()) return;
  op::ResetCounter reset{{}, true};
  for (const auto& [author, total] : seen) reset.seen.push_back(total);
  ops.push_back({this->path(model::kCounter), std::move(reset)});
}

/// Withdraws the marks at each path but one.
void ModelHistory::add_withdrawals(const model::Dots& marks, const model::Path* except,
                                   std::vector<Op>& ops) const {
  std::map<model::Path, model::Dots> at;
  for (const model::Dot& mark : marks) {
    const auto& op = history_.change(mark.unit).ops[static_cast<std::size_t>(mark.index)];
    if (except == nullptr || op.path != *except) at[op.path].push_back(mark);
  }
  for (const auto& [mark_path, some] : at) {
    ops.push_back({path(mark_path), op::Withdraw{dots(some)}});
  }
}

Dot ModelHistory::dot(const model::Dot& dot) const {
  const std::uint32_t index = indices_.at(dot.unit)[static_cast<std::size_t>(dot.index)];
  if (dot.unit >= model::kContent) return {contents_.at(dot.unit), 1, index};
  const Position position = position_of(history_.change(dot.unit).place);
  return {position.author, position.seq, index};
}

std::vector<Dot> ModelHistory::dots(const model::Dots& dots) const {
  std::vector<Dot> out;
  for (const model::Dot& one : dots) out.push_back(dot(one));
  std::sort(out.begin(), out.end());
  return out;
}

Path ModelHistory::path(const model::Path& path) const {
  Path out;
  for (const model::Step& step : path) {
    if (step.name != 0) {
      out.emplace_back(std::string(1, step.name));
    } else {
      out.emplace_back(dot(step.element));
    }
  }
  return out;
}

model::Set ModelHistory::closure(int number) const {
  model::Set closed = model::bit(number);
  for (int i = number; i >= 0; --i) {
    if (!model::has(closed, i)) continue;
    const model::Place& place = history_.change(i).place;
    closed |= found_[static_cast<std::size_t>(i)];
    closed |= history_.prefix(place) & arrival_.admitted;
  }
  return closed;
}

/// The admitted changes of an author are applied in the order of its log.
bool ModelHistory::is_before_done(const std::vector<bool>& done, int number) const {
  const model::Place& place = history_.change(number).place;
  for (const int before : history_.log(place.author)) {
    if (before < number && model::has(arrival_.admitted, before) &&
        !done[static_cast<std::size_t>(before)]) {
      return false;
    }
  }
  return true;
}

State ModelHistory::replay_on(State state, model::Set applied,
                              const std::vector<int>& order) const {
  std::vector<bool> done(written_.size());
  for (std::size_t i = 0; i < done.size(); ++i) done[i] = model::has(applied, static_cast<int>(i));
  for (bool moved = true; moved;) {
    moved = false;
    for (const int number : order) {
      const Written& written = written_[static_cast<std::size_t>(number)];
      const bool is_gone = model::has(arrival_.gone, number);
      if (!is_before_done(done, number) || (!is_gone && !state.ready(written.change))) continue;
      if (is_gone) {
        state.skip(written.position);
      } else {
        RELAIS_CHECK(state.apply(written.change, written.position).has_value());
      }
      moved = moved || !done[static_cast<std::size_t>(number)];
      done[static_cast<std::size_t>(number)] = true;
    }
  }
  for (const int number : order) RELAIS_CHECK(done[static_cast<std::size_t>(number)]);
  return state;
}

std::string ModelHistory::name_of(const Dot& dot) const {
  const auto found = model_dots_.find(dot);
  return found == model_dots_.end() ? "?" : model::text_of(found->second);
}

std::string ModelHistory::text_of(const Path& path) const {
  std::string text;
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    text += "/" + (name != nullptr ? *name : name_of(std::get<Dot>(step)));
  }
  return text.empty() ? "/" : text;
}

namespace {

/// Calls `visit(node, path)` for the node and all below it.
template <class Visit>
void walk(const State::Table& table, const Node& node, const Path& path, const Visit& visit) {
  visit(node, path);
  for (const Child& child : node.children) {
    walk(table, child.node, path_below(path, table.changes, child), visit);
  }
}

}  // namespace

std::string ModelHistory::text() const {
  std::string text;
  for (const model::Change& change : history_.changes()) {
    const Written& written = written_[static_cast<std::size_t>(change.number)];
    text += std::to_string(change.number) + ": " +
            to_hex(written.position.author.view().substr(0, 1)) + "." +
            std::to_string(written.position.seq) + " " + model::text_of(change) + "\n";
    for (const Op& op : written.change.ops) text += "     " + document::text_of(op) + "\n";
  }
  return text;
}

Observed ModelHistory::observe(const State& state) const {
  const State::Table& table = state.table();
  Observed observed;
  walk(table, table.root, {}, [&](const Node& node, const Path& path) {
    const std::string at = text_of(path);
    const auto name = [&](const LocalDot& dot) { return name_of(table.changes.global(dot)); };
    for (const Versioned& version : node.values) {
      observed.shown.insert(item_text("value", at, name(version.dot), *version.value.text()));
    }
    if (!node.extras) return;
    for (const FieldKind kind : kContainers) {
      for (const LocalDot& dot : node.present(kind)) {
        observed.shown.insert(item_text("container", at, name(dot), ""));
      }
    }
    for (const SetElement& element : node.extras->set) {
      for (const LocalDot& dot : element.dots) {
        observed.shown.insert(item_text("element", at, name(dot), *element.value.text()));
      }
    }
    for (const Total& total : node.extras->counts) {
      observed.shown.insert(item_text("total", at, name(total.dot), std::to_string(total.total)));
    }
    for (const Mark& mark : node.extras->rare->marks) {
      observed.marks.insert(at + " " + name(mark.dot));
      if (mark.contested) observed.contested.insert(at + " " + name(mark.dot));
    }
    const auto value = static_cast<std::int64_t>(counter_value(table.changes, node));
    if (value != 0) observed.counters[at] = value;
  });
  return observed;
}

Observed ModelHistory::expected() const {
  const model::State state =
      model::evaluate(history_, arrival_.admitted, arrival_.gone,
                      {model::Containers::are_items, model::Listed::by_deletions});
  Observed observed;
  const auto put = [&](const char* kind, const model::Item& item, const std::string& text) {
    observed.shown.insert(
        item_text(kind, model::text_of(item.path), model::text_of(item.dot), text));
  };
  for (const model::Item& item : state.items) {
    if (!item.is_shown) continue;
    switch (item.kind) {
      case model::Kind::value:
      case model::Kind::insert: put("value", item, item.text); break;
      case model::Kind::element: put("element", item, item.text); break;
      case model::Kind::count: put("total", item, std::to_string(item.number)); break;
      case model::Kind::make: put("container", item, ""); break;
      case model::Kind::move:
      case model::Kind::keep:
      case model::Kind::sign: break;
    }
  }
  for (const model::Mark& mark : state.marks) {
    const std::string text = model::text_of(mark.path) + " " + model::text_of(mark.dot);
    if (mark.stands) observed.marks.insert(text);
    if (mark.is_contested) observed.contested.insert(text);
  }
  for (const auto& [path, value] : state.counters) {
    if (value != 0) observed.counters[model::text_of(path)] = value;
  }
  return observed;
}

std::uint64_t histories_to_try(std::uint64_t otherwise) {
  const char* value = std::getenv("RELAIS_MODEL_SCRIPTS");
  return value != nullptr ? std::stoull(value) : otherwise;
}

std::uint64_t first_seed() {
  constexpr std::uint64_t kMany = 1'000'000'000;
  const char* value = std::getenv("RELAIS_MODEL_SEED");
  const std::uint64_t seed = value != nullptr ? std::stoull(value) : 1;
  return seed < kMany ? seed * kMany : seed;
}

std::string difference(const model::World& world, const model::Arrival& arrival) {
  const ModelHistory history(world.history(), arrival);
  const State state = history.replay(arrival.order);
  Observed expected = history.expected();
  Observed observed = history.observe(state);
  // Resets name the totals they saw; the model knows nothing of totals lost since.
  if (arrival.gone != 0) expected.counters = observed.counters = {};
  if (observed != expected) {
    return "engine\n" + text_of(observed) + "model\n" + text_of(expected);
  }
  std::vector<int> sorted = arrival.order;
  std::sort(sorted.begin(), sorted.end());
  const Bytes canonical = state.canonical();
  if (history.replay(sorted).canonical() != canonical) return "another order gives another state";
  const auto decoded = State::decode(canonical);
  if (!decoded) return "its bytes can't be read: " + decoded.error().message();
  if (decoded->canonical() != canonical) return "its bytes are others when they were read";
  Observed again = history.observe(*decoded);
  if (arrival.gone != 0) again.counters = {};
  return again == observed ? "" : "decoded\n" + text_of(again) + "before\n" + text_of(observed);
}

}  // namespace relais::document
