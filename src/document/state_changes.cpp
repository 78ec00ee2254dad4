#include <algorithm>

#include "document/apply.h"
#include "document/change_reader.h"

/// A state takes changes one by one: docs/spec/document.md, "Model".
namespace relais::document {
namespace {

/// The by-content changes that one saw: those with a carrier that it saw.
void add_contents(const State::Table& table, Context& seen) {
  for (const Content& content : table.contents) {
    for (const Position& carrier : content.carriers) {
      if (seen.covers(carrier.author, carrier.seq)) seen.advance(content.author, 1);
    }
  }
}

/// Notes who carried a by-content change.
void add_carrier(State::Table& table, const AuthorId& content, const Position& carrier) {
  const auto at = std::lower_bound(
      table.contents.begin(), table.contents.end(), content,
      [](const Content& known, const AuthorId& author) { return known.author < author; });
  if (at == table.contents.end() || at->author != content) {
    table.contents.insert(at, {content, {carrier}});
    return;
  }
  auto& carriers = at->carriers;
  carriers.insert(std::lower_bound(carriers.begin(), carriers.end(), carrier), carrier);
}

}  // namespace

Status State::apply(const Change& change, const Position& self) {
  if (context().covers(self.author, self.seq)) return {};
  if (!context().covers(change.context)) {
    return Error(ErrorCode::invalid_argument,
                 "The change builds on changes of the document that aren't applied yet.");
  }
  const Position own = own_position(change, self);
  const bool is_here = change.content && context().covers(own.author, own.seq);
  const std::uint32_t number = table_->changes.intern(own, change.stamp);
  if (change.content) {
    add_carrier(*table_, own.author, self);
    table_->context.advance(own.author, own.seq);
  }
  table_->context.advance(self.author, self.seq);
  if (is_here) return {};
  Context seen = change.context;
  if (!table_->contents.empty()) add_contents(*table_, seen);
  Applying applying{seen, own, number};
  applying.listed = change.cites.contents;
  bool empties = false;
  for (const Op& op : change.ops) {
    apply_op(*table_, applying, op);
    empties = empties || may_empty(op);
  }
  if (empties) table_->root.prune();
  return {};
}

void State::skip(const Position& position) {
  table_->context.advance(position.author, position.seq);
}

}  // namespace relais::document
