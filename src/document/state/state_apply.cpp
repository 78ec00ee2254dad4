#include <algorithm>

#include "document/codec/value_code.h"
#include "document/sequence/span.h"
#include "document/state/apply.h"
#include "document/state/drop.h"
#include "document/state/each_dot.h"
#include "document/state/marks.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

class Applier {
 public:
  Applier(State::Table& table, Applying& change, const Op& op)
      : table_(table), change_(change), op_(op) {}

  void operator()(const op::Set& set) {
    Node& node = make_node();
    at_both(&node, [&](Node& at) {
      Versions* versions = find_versions(at, set.kind);
      if (versions == nullptr) return;
      if (!set.over) return remove_covered(*versions);
      drop_listed(*versions, known(*set.over));
      remove_own_earlier(*versions);
    });
    node.versions(set.kind).push_back({set.value, next_dot(), set.rank});
  }

  void operator()(const op::Make& make) {
    Node& node = make_node();
    mark_present(node, make.kind, next_dot());
  }

  void operator()(const op::Clear&) {
    next_dot();
    at_both(find_node(), [this](Node& at) {
      for (const FieldKind kind : kRegisters) {
        if (Versions* versions = find_versions(at, kind)) remove_covered(*versions);
      }
    });
  }

  void operator()(const op::Delete& erase) {
    Node& node = make_node();
    Mark mark{next_dot(), erase.reason, {}, {}};
    const bool saw_all = cover(node, hidden_node(), mark);
    table_.marked = true;
    Rare& rare = node.more().rare.make();
    rare.marks.push_back(mark);
    if (drop_early_marks(table_.changes, rare)) table_.unsettled = true;
    if (saw_all && table_.contested == 0 && !table_.unsettled) {
      hide_below(table_, op_.path, mark);
    } else {
      table_.unsettled = true;
    }
    change_.trail_path = nullptr;  // the next op saw this one: don't reuse the trail
  }

  void operator()(const op::Restore& restore) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    Rare& rare = node.more().rare.make();
    withdraw_marks(rare, known(restore.marks), dot);
    rare.restores.push_back(dot);
    table_.marked = table_.unsettled = true;
  }

  void operator()(const op::Keep& keep) {
    Node& node = make_node();
    Keep kept{next_dot(), known(keep.marks)};
    Rare* rare = node.extras ? node.extras->rare.get() : nullptr;
    if (rare == nullptr) return;
    std::erase_if(kept.marks, [rare](const LocalDot& dot) {
      return std::none_of(rare->marks.begin(), rare->marks.end(),
                          [&dot](const Mark& mark) { return mark.dot.same(dot); });
    });
    if (kept.marks.empty()) return;
    rare->keeps.push_back(std::move(kept));
    table_.unsettled = true;
  }

  void operator()(const op::Withdraw& withdraw) {
    const LocalDot dot = next_dot();
    Node* node = find_node();
    const std::vector<LocalDot> dots = known(withdraw.dots);
    at_both(node, [&](Node& at) { drop_listed(at, dots); });
    Rare* rare = node != nullptr && node->extras ? node->extras->rare.get() : nullptr;
    if (rare == nullptr || !table_.marked) return;
    withdraw_marks(*rare, dots, dot);
    drop_listed(rare->keeps, dots);
    drop_listed(rare->restores, dots);
    table_.unsettled = true;
  }

  void operator()(const op::Move& move) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    const LocalDot element = local(move.element);
    insert(node.more().list, dot, 1, {}, move);
    at_both(&node, [&](Node& at) {
      Rare* rare = at.extras ? at.extras->rare.get() : nullptr;
      if (rare == nullptr) return;
      auto [known, last] = moves_of(rare->moves, element);
      while (known != last) {
        known = covers(known->dot) ? rare->moves.erase(known) : std::next(known);
      }
    });
    node.more().rare.make().moves.insert({element, dot});
  }

  void operator()(const op::Insert& insert) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    mark_present(node, FieldKind::list, dot);
    this->insert(node.more().list, dot, 1, {}, insert);
    Node& element = node.child(table_.changes, dot);
    meet_marks(element);  // an element of a by-content change may be deleted before it arrives
    if (const auto* value = std::get_if<Value>(&insert.content)) {
      element.values.push_back({*value, dot});
    } else {
      element.more().present[static_cast<int>(std::get<FieldKind>(insert.content))].push_back(dot);
    }
  }

  void operator()(const op::InsertText& insert) {
    Node& node = make_node();
    const auto count = static_cast<std::uint32_t>(count_code_points(insert.text));
    const LocalDot dot = next_dot(count);
    mark_present(node, FieldKind::text, dot);
    this->insert(node.more().text, dot, count, insert.text, insert);
  }

  void operator()(const op::DeleteText& erase) {
    Node* node = find_node();
    next_dot();
    if (node == nullptr || !node->extras) return;
    for (const auto& [first, count] : erase.runs) {
      const auto dot = known(first);
      if (dot && node->extras->text.erase(*dot, count)) table_.unsettled = true;
    }
  }

  void operator()(const op::Count& count) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    mark_present(node, FieldKind::counter, dot);
    at_both(&node, [&](Node& at) {
      if (at.extras)
        remove_if(at.extras->counts, [&](const Total& t) { return is_before(t, dot); });
    });
    node.more().counts.push_back({dot, count.total});
  }

  void operator()(const op::ResetCounter& reset) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    std::vector<Base>& bases = node.more().bases;
    for (const auto& seen : reset.seen) {
      const Base base{{table_.changes.intern(seen.dot), seen.total}, dot, reset.of_mark, true};
      if (reset.of_mark) {
        bases.push_back(base);
      } else {
        keep_latest(table_.changes, bases, base);
      }
    }
    // Its mark may follow later in the change.
    if (reset.of_mark) table_.marked = table_.unsettled = true;
  }

  void operator()(const op::Add& add) {
    Node& node = make_node();
    const LocalDot dot = next_dot();
    mark_present(node, FieldKind::set, dot);
    at_both(&node, [&](Node& at) { remove_element(at, add.value); });
    auto& set = node.more().set;
    const auto at = place_in(set, add.value);
    if (at == set.end() || compare(at->value, add.value) != 0) {
      set.insert(at, {add.value, {dot}});
    } else {
      at->dots.push_back(dot);
    }
  }

  void operator()(const op::Remove& remove) {
    next_dot();
    at_both(find_node(), [&](Node& at) { remove_element(at, remove.value); });
  }

 private:
  static std::vector<SetElement>::iterator place_in(std::vector<SetElement>& set,
                                                    const Value& value) {
    return std::lower_bound(set.begin(), set.end(), value, [](const SetElement& e, const Value& v) {
      return compare(e.value, v) < 0;
    });
  }

  LocalDot next_dot(std::uint32_t count = 1) {
    const LocalDot dot{change_.number, change_.index, 0};
    change_.index += count;
    return dot;
  }

  /// Whether the change saw the dot; it saw its own earlier ops.
  bool covers(const LocalDot& dot) const {
    if (dot.change == change_.number) return true;
    const Position& position = table_.changes[dot.change].position;
    return change_.seen.covers(position.author, position.seq);
  }

  bool is_own(const Dot& dot) const {
    return dot.seq == change_.self.seq && dot.author == change_.self.author;
  }
  /// Interns a dot that is only named; its change may not be here.
  LocalDot local(const Dot& dot) {
    if (is_own(dot)) return {change_.number, dot.index, 0};
    return table_.changes.intern(dot);
  }
  /// Nothing if the author hadn't seen the dot, or it isn't here. An unseen dot may arrive before
  /// or after this change, so it has no effect either way.
  std::optional<LocalDot> known(const Dot& dot) const {
    if (is_own(dot)) return LocalDot{change_.number, dot.index, 0};
    return change_.seen.covers(dot) ? table_.changes.find(dot) : std::nullopt;
  }
  std::vector<LocalDot> known(const std::vector<Dot>& dots) const {
    std::vector<LocalDot> found;
    for (const Dot& dot : dots) {
      if (const auto here = known(dot)) found.push_back(*here);
    }
    std::sort(found.begin(), found.end(), ByNumber());
    return found;
  }

  /// `op` has origins; if one isn't here, the units are detached.
  template <class Inserting>
  void insert(Sequence& sequence, const LocalDot& first, std::uint32_t count, std::string_view text,
              const Inserting& op) const {
    const auto left = op.left ? known(*op.left) : std::nullopt;
    const auto right = op.right ? known(*op.right) : std::nullopt;
    const bool is_lost = (op.left && !left) || (op.right && !right);
    sequence.insert(table_.changes, first, count, text, is_lost ? kDetached : left,
                    is_lost ? std::nullopt : right);
  }

  /// Nearly always appends.
  static void add_to(ChangeSet& set, std::uint32_t change) {
    if (set.empty() || set.back() < change) return set.push_back(change);
    const auto at = std::lower_bound(set.begin(), set.end(), change);
    if (at == set.end() || *at != change) set.insert(at, change);
  }

  /// The change has seen each mark of the node (noted in `later`), or contests it.
  void meet_marks(Node& node) {
    Rare* rare = node.extras ? node.extras->rare.get() : nullptr;
    if (rare == nullptr) return;
    for (Mark& mark : rare->marks) {
      if (mark.dot.change == change_.number) continue;
      if (!covers(mark.dot)) {
        table_.unsettled = true;
      } else {
        add_to(mark.later, change_.number);
      }
    }
  }

  /// The op's node, made if missing.
  Node& make_node() {
    if (table_.contested != 0) table_.unsettled = true;
    auto& trail = change_.trail;
    const Path& path = op_.path;
    if (change_.trail_path == nullptr) {
      trail.assign(1, &table_.root);
      meet_marks(table_.root);
    } else {
      const Path& before = *change_.trail_path;
      const auto same = std::mismatch(path.begin(), path.end(), before.begin(), before.end()).first;
      trail.resize(static_cast<std::size_t>(same - path.begin()) + 1);
    }
    for (std::size_t at = trail.size() - 1; at < path.size(); ++at) {
      const auto* name = std::get_if<std::string>(&path[at]);
      Node& above = *trail.back();
      Node& node = name != nullptr ? above.child(*name)
                                   : above.child(table_.changes, local(std::get<Dot>(path[at])));
      meet_marks(node);
      trail.push_back(&node);
    }
    change_.trail_path = &path;
    return *trail.back();
  }
  Node* find_node() {
    if (table_.contested != 0) table_.unsettled = true;
    return table_.find(op_.path);
  }
  /// The hidden node at the op's path; null if nothing is hidden there.
  Node* hidden_node() { return table_.find_hidden(op_.path); }
  /// `shown` may be null.
  template <class Do>
  void at_both(Node* shown, const Do& act) {
    if (shown != nullptr) act(*shown);
    if (Node* hidden = hidden_node()) act(*hidden);
  }

  /// Null if the node has none.
  static Versions* find_versions(Node& node, FieldKind kind) {
    if (kind == FieldKind::value) return &node.values;
    Rare* rare = node.extras ? node.extras->rare.get() : nullptr;
    if (rare == nullptr) return nullptr;
    return kind == FieldKind::ranked ? &rare->ranked : &rare->last_writer;
  }

  void mark_present(Node& node, FieldKind kind, const LocalDot& dot) {
    at_both(&node, [&](Node& at) {
      if (at.extras) remove_covered(at.extras->present[static_cast<int>(kind)]);
    });
    node.more().present[static_cast<int>(kind)].push_back(dot);
  }

  void remove_element(Node& node, const Value& value) {
    if (!node.extras) return;
    auto& set = node.extras->set;
    const auto at = place_in(set, value);
    if (at == set.end() || compare(at->value, value) != 0) return;
    if (at->dots.empty()) return;  // made by make_room, not filled yet
    remove_covered(at->dots);
    if (at->dots.empty()) set.erase(at);
  }

  /// An author has values of only one change at a path.
  void remove_own_earlier(Versions& versions) const {
    remove_if(versions, [this](const Versioned& version) {
      return version.dot.change != change_.number &&
             table_.changes.author(version.dot) == change_.self.author;
    });
  }

  bool is_before(const Total& total, const LocalDot& dot) const {
    return table_.changes.author(total.dot) == table_.changes.author(dot) &&
           table_.changes.less(total.dot, dot);
  }

  bool is_listed(const LocalDot& dot) const {
    const Position& position = table_.changes[dot.change].position;
    return position.seq == 1 &&
           std::binary_search(change_.listed.begin(), change_.listed.end(), position.author);
  }

  /// Collects the changes that the new mark covers. True if it covers all items there.
  bool cover(const Node& shown, const Node* hidden, Mark& mark) {
    bool all = true;
    std::vector<bool> met(table_.changes.size(), false);
    std::vector<bool> covered(met.size(), false);
    const auto note = [&](const LocalDot& dot) {
      if (dot.change == change_.number || met[dot.change]) return;
      met[dot.change] = true;
      covered[dot.change] = covers(dot) || is_listed(dot);
      all = all && covered[dot.change];
    };
    each_dot(shown, note);
    if (hidden != nullptr) each_dot(*hidden, note);
    for (const AuthorId& content : change_.listed) {
      if (table_.context.covers(content, 1)) continue;
      const std::uint32_t number = table_.changes.intern(Position{content, 1});
      covered.resize(std::max<std::size_t>(covered.size(), number + 1), false);
      covered[number] = true;
    }
    for (std::uint32_t number = 0; number < covered.size(); ++number) {
      if (covered[number]) mark.covered.push_back(number);
    }
    return all;
  }

  template <class Items>
  void remove_covered(Items& items) const {
    remove_if(items, [this](const auto& item) { return covers(dot_of(item)); });
  }

  State::Table& table_;
  Applying& change_;
  const Op& op_;
};

}  // namespace

void apply_op(State::Table& table, Applying& change, const Op& op) {
  std::visit(Applier(table, change, op), op.what);
}

}  // namespace relais::document
