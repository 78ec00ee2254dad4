#include "document/view/describe.h"

#include <algorithm>

#include "document/json/json.h"
#include "document/state/op_places.h"

namespace relais::document {
namespace {

using Action = FieldEdit::Action;

struct Describer {
  FieldEdit edit;

  void operator()(const op::Set& set) { say(Action::set, set.value); }
  void operator()(const op::Make&) { say(Action::make); }
  void operator()(const op::Delete& erase) {
    if (erase.reason) return say(Action::make_void, *erase.reason);
    say(Action::erase);
  }
  void operator()(const op::Restore&) { say(Action::restore); }
  void operator()(const op::Keep&) { say(Action::keep); }
  void operator()(const op::Clear&) { say(Action::erase); }
  void operator()(const op::Withdraw&) { say(Action::take_back); }
  void operator()(const op::Insert& insert) {
    const auto* value = std::get_if<Value>(&insert.content);
    say(Action::insert, value != nullptr ? *value : Value());
  }
  void operator()(const op::Move&) { say(Action::move); }
  void operator()(const op::InsertText& insert) { say(Action::insert_text, insert.text); }
  void operator()(const op::DeleteText& erase) {
    say(Action::erase_text);
    for (const auto& [first, count] : erase.runs) edit.count += count;
  }
  void operator()(const op::Count& count) {
    say(Action::count);
    edit.count = count.total;
  }
  void operator()(const op::ResetCounter&) { say(Action::count); }
  void operator()(const op::Add& add) { say(Action::add, add.value); }
  void operator()(const op::Remove& remove) { say(Action::remove, remove.value); }

  void say(Action action, Value value = {}) {
    edit.action = action;
    edit.value = std::move(value);
  }
};

/// The path of an edit; for an insertion or a move, the element's.
Path place_of(const Op& op, const Dot& self) {
  Path path = op.path;
  if (std::holds_alternative<op::Insert>(op.what)) path.emplace_back(self);
  if (const auto* move = std::get_if<op::Move>(&op.what)) path.emplace_back(move->element);
  return path;
}

}  // namespace

std::vector<FieldEdit> describe(const Change& change, const Position& self, PathTexts& texts,
                                const Path& above) {
  std::vector<FieldEdit> edits;
  std::uint32_t index = 0;
  for (const Op& op : change.ops) {
    const Path place = place_of(op, {self.author, self.seq, index});
    index += indices_of(op);
    // A deletion or restoration above the path affects it too.
    const bool is_of_all =
        std::holds_alternative<op::Delete>(op.what) || std::holds_alternative<op::Restore>(op.what);
    const bool to_all = is_of_all && is_within(above, place);
    if (!is_within(place, above) && !to_all) continue;
    Describer describer;
    std::visit(describer, op.what);
    describer.edit.path = texts.text(place);
    edits.push_back(std::move(describer.edit));
  }
  return edits;
}

}  // namespace relais::document
