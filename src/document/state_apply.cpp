#include <algorithm>

#include "document/apply.h"
#include "document/utf8.h"
#include "document/value_code.h"

namespace relais::document {
namespace {

class Applier {
 public:
  Applier(State::Table& table, Applying& change, const Op& op)
      : table_(table), change_(change), op_(op) {}

  void operator()(const op::Set& set) {
    Versions& versions = make_node().versions(set.kind);
    if (set.over) {
      drop_listed(versions, *set.over);
    } else {
      remove_covered(versions);
    }
    versions.push_back({set.value, next_dot(), set.rank});
  }

  void operator()(const op::Make& make) {
    Node& node = make_node();
    mark_present(node, make.kind, next_dot());
  }

  void operator()(const op::Delete& erase) {
    Node& node = make_node();
    remove_seen(node);
    LocalDot deletion = next_dot();
    deletion.revived = 0;
    Rare& rare = node.more().rare.make();
    rare.deletions.push_back(deletion);
    if (erase.reason) rare.voids.push_back({deletion, *erase.reason});
    change_.trail_path = nullptr;  // the next op has seen this one
  }

  void operator()(const op::Withdraw& withdraw) {
    Node* node = find_node();
    next_dot();
    if (node == nullptr) return;
    drop_listed(node->values, withdraw.dots);
    if (!node->extras) return;
    Extras& extras = *node->extras;
    if (Rare* rare = extras.rare.get()) {
      drop_listed(rare->last_writer, withdraw.dots);
      drop_listed(rare->ranked, withdraw.dots);
      drop_listed(rare->moves, withdraw.dots);
    }
    for (Dots& dots : extras.present) drop_listed(dots, withdraw.dots);
    for (SetElement& element : extras.set) drop_listed(element.dots, withdraw.dots);
    std::erase_if(extras.set, [](const SetElement& element) { return element.dots.empty(); });
  }

  void operator()(const op::Move& move) {
    Node& node = make_node();
    LocalDot dot = next_dot();
    dot.revived = 0;
    const LocalDot element = local(move.element);
    Extras& extras = node.more();
    extras.list.insert(table_.changes, dot, 1, {}, local(move.left), local(move.right));
    std::vector<Moved>& moves = extras.rare.make().moves;
    std::erase_if(moves, [&](const Moved& known) {
      return known.element.same(element) && covers(known.dot);
    });
    moves.push_back({element, dot});
  }

  void operator()(const op::Insert& insert) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    mark_present(node, Kind::list, dot);
    node.more().list.insert(table_.changes, dot, 1, {}, local(insert.left), local(insert.right));
    Node& element = node.child(table_.changes, dot);
    if (const auto* value = std::get_if<Value>(&insert.content)) {
      element.values.push_back({*value, dot});
    } else {
      mark_present(element, std::get<Kind>(insert.content), dot);
    }
  }

  void operator()(const op::InsertText& insert) {
    Node& node = make_node();
    const auto count = static_cast<std::uint32_t>(count_code_points(insert.text));
    const LocalDot dot = next_dot(count);
    mark_present(node, Kind::text, dot);
    node.more().text.insert(table_.changes, dot, count, insert.text, local(insert.left),
                            local(insert.right));
  }

  void operator()(const op::DeleteText& erase) {
    Node* node = find_node();
    next_dot();
    if (node == nullptr || !node->extras) return;
    for (const auto& [first, count] : erase.runs) {
      if (const auto dot = table_.changes.find(first)) node->extras->text.erase(*dot, count);
    }
  }

  void operator()(const op::Count& count) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    mark_present(node, Kind::counter, dot);
    keep_latest(node.more().counts, {dot, count.total});
  }

  void operator()(const op::ResetCounter& reset) {
    Node& node = make_node();
    next_dot();
    for (const auto& seen : reset.seen) {
      keep_latest(node.more().bases, {table_.changes.intern(seen.dot), seen.total});
    }
  }

  void operator()(const op::Add& add) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    mark_present(node, Kind::set, dot);
    auto& set = node.more().set;
    const auto at = place_in(set, add.value);
    if (at == set.end() || compare(at->value, add.value) != 0) {
      set.insert(at, {add.value, {dot}});
      return;
    }
    replace_seen(at->dots, dot);
  }

  void operator()(const op::Remove& remove) {
    Node* node = find_node();
    next_dot();
    if (node == nullptr || !node->extras) return;
    auto& set = node->extras->set;
    const auto at = place_in(set, remove.value);
    if (at == set.end() || compare(at->value, remove.value) != 0) return;
    remove_covered(at->dots);
    if (at->dots.empty()) set.erase(at);
  }

 private:
  static std::vector<SetElement>::iterator place_in(std::vector<SetElement>& set,
                                                    const Value& value) {
    return std::lower_bound(set.begin(), set.end(), value, [](const SetElement& e, const Value& v) {
      return compare(e.value, v) < 0;
    });
  }

  LocalDot next_dot(std::uint32_t count = 1) {
    const LocalDot dot{change_.number, change_.index, revived_};
    change_.index += count;
    return dot;
  }

  /// What the change's author had seen, its own earlier ops included.
  bool covers(const LocalDot& dot) const {
    if (dot.change == change_.number) return true;
    const Position& position = table_.changes[dot.change].position;
    return change_.seen.covers(position.author, position.seq);
  }

  LocalDot local(const Dot& dot) {
    if (dot.seq == change_.self.seq && dot.author == change_.self.author) {
      return {change_.number, dot.index, 0};
    }
    return table_.changes.intern(dot);
  }
  std::optional<LocalDot> local(const std::optional<Dot>& dot) {
    return dot ? std::optional(local(*dot)) : std::nullopt;
  }

  /// What was void, and its author wrote to knowing that, is void no more.
  void end_voids(Node& node) const {
    Rare* rare = node.extras ? node.extras->rare.get() : nullptr;
    if (rare != nullptr) remove_covered(rare->voids);
  }

  bool has_unseen_deletion(const Node& node) const {
    if (!node.extras) return false;
    const Dots& deletions = node.extras->rare->deletions;
    return std::any_of(deletions.begin(), deletions.end(),
                       [this](const LocalDot& deletion) { return !covers(deletion); });
  }

  /// The op's node, and on the way whether a deletion that its author hadn't seen stands above.
  Node& make_node() {
    auto& trail = change_.trail;
    const Path& path = op_.path;
    if (change_.trail_path == nullptr) {
      end_voids(table_.root);
      trail.assign(1, {&table_.root, has_unseen_deletion(table_.root)});
    } else {
      const Path& before = *change_.trail_path;
      const auto same = std::mismatch(path.begin(), path.end(), before.begin(), before.end()).first;
      trail.resize(static_cast<std::size_t>(same - path.begin()) + 1);
    }
    for (std::size_t at = trail.size() - 1; at < path.size(); ++at) {
      const auto* name = std::get_if<std::string>(&path[at]);
      Node& above = *trail.back().node;
      Node& node = name != nullptr ? above.child(*name)
                                   : above.child(table_.changes, local(std::get<Dot>(path[at])));
      end_voids(node);
      trail.push_back({&node, trail.back().unseen_deletion || has_unseen_deletion(node)});
    }
    change_.trail_path = &path;
    revived_ = trail.back().unseen_deletion ? 1 : 0;
    return *trail.back().node;
  }
  Node* find_node() {
    revived_ = 0;
    return table_.find(op_.path);
  }

  void replace_seen(Dots& dots, const LocalDot& by) {
    remove_covered(dots);
    dots.push_back(by);
  }
  void mark_present(Node& node, Kind kind, const LocalDot& dot) {
    replace_seen(node.more().present[static_cast<int>(kind)], dot);
  }

  static const LocalDot& dot_of(const LocalDot& dot) { return dot; }
  template <class Item>
  static const LocalDot& dot_of(const Item& item) {
    return item.dot;
  }
  /// `Items`: a vector of one kind or the other.
  template <class Items, class Is>
  static void remove_if(Items& items, const Is& is) {
    items.erase(std::remove_if(items.begin(), items.end(), is), items.end());
  }
  template <class Items>
  void drop_listed(Items& items, const std::vector<Dot>& listed) const {
    remove_if(items, [&](const auto& item) {
      const Dot dot = table_.changes.global(dot_of(item));
      return std::find(listed.begin(), listed.end(), dot) != listed.end();
    });
  }
  template <class Items>
  void remove_covered(Items& items) const {
    remove_if(items, [this](const auto& item) { return covers(dot_of(item)); });
  }

  void keep_latest(std::vector<Total>& totals, const Total& total) const {
    for (Total& known : totals) {
      if (table_.changes.author(known.dot) != table_.changes.author(total.dot)) continue;
      if (table_.changes.less(known.dot, total.dot)) {
        known = total;
      } else if (known.dot.same(total.dot)) {
        known.total = std::max(known.total, total.total);
      }
      return;
    }
    totals.push_back(total);
  }

  void remove_seen(Dots& dots) const {
    remove_covered(dots);
    for (LocalDot& dot : dots) dot.revived = 1;
  }
  void remove_seen(Versions& versions) const {
    remove_covered(versions);
    for (Versioned& version : versions) version.dot.revived = 1;
  }

  void remove_seen(Node& node) const {
    remove_seen(node.values);
    if (node.extras) remove_seen(*node.extras);
    for (Child& child : node.children) remove_seen(child.node);
  }

  void remove_seen(Extras& extras) const {
    for (Dots& dots : extras.present) remove_seen(dots);
    if (Rare* rare = extras.rare.get()) {
      remove_covered(rare->deletions);
      remove_covered(rare->voids);
      remove_covered(rare->moves);
      remove_seen(rare->last_writer);
      remove_seen(rare->ranked);
    }
    for (SetElement& element : extras.set) remove_seen(element.dots);
    std::erase_if(extras.set, [](const SetElement& element) { return element.dots.empty(); });
    for (auto run = extras.text.head(); run != Sequence::kNone; run = extras.text.run(run).after) {
      if (covers(extras.text.run(run).first)) extras.text.erase_run(run);
    }
  }

  State::Table& table_;
  Applying& change_;
  const Op& op_;
  std::uint32_t revived_ = 0;
};

}  // namespace

void apply_op(State::Table& table, Applying& change, const Op& op) {
  std::visit(Applier(table, change, op), op.what);
}

Status State::apply(const Change& change, const Position& self) {
  if (context().covers(self.author, self.seq)) return {};
  if (!context().covers(change.context)) {
    return Error(ErrorCode::invalid_argument,
                 "the change builds on changes of the document that aren't applied yet");
  }
  Applying applying{change.context, self, table_->changes.intern(self, change.stamp)};
  bool empties = false;
  for (const Op& op : change.ops) {
    apply_op(*table_, applying, op);
    empties = empties || may_empty(op);
  }
  if (empties) table_->root.prune();
  table_->context.advance(self.author, self.seq);
  return {};
}

void State::skip(const Position& position) {
  table_->context.advance(position.author, position.seq);
}

}  // namespace relais::document
