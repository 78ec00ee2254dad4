#include <algorithm>

#include "document/codec/change_reader.h"
#include "document/state/apply.h"
#include "document/state/room.h"

/// Applying changes: docs/spec/document.md, "Model".
namespace relais::document {
namespace {

Context parts_before(const Change& part) {
  Context parts;
  for (const AuthorId& content : part.cites.contents) parts.advance(content, 1);
  return parts;
}

/// What the change saw: its context, and the by-content changes with a carrier in it. An import's
/// part saw only the parts before it.
Context seen_by(const State::Table& table, const Change& change) {
  if (change.content) return parts_before(change);
  Context seen = change.context;
  for (const Content& content : table.contents) {
    for (const Position& carrier : content.carriers) {
      if (seen.covers(carrier.author, carrier.seq)) seen.advance(content.author, 1);
    }
  }
  return seen;
}

/// An import's part has an effect only if the positions right before it hold the parts that it
/// lists: so its effect depends neither on the carrier nor on the order of arrival.
bool stands_behind_its_parts(const State::Table& table, const Change& change,
                             const Position& self) {
  const std::vector<AuthorId>& before = change.cites.contents;
  return std::all_of(before.begin(), before.end(), [&](const AuthorId& part) {
    const auto at = std::lower_bound(
        table.contents.begin(), table.contents.end(), part,
        [](const Content& known, const AuthorId& author) { return known.author < author; });
    if (at == table.contents.end() || at->author != part) return false;
    return std::any_of(at->carriers.begin(), at->carriers.end(), [&](const Position& carrier) {
      return carrier.author == self.author && carrier.seq < self.seq &&
             self.seq - carrier.seq <= before.size();
    });
  });
}

/// Adds a carrier of a by-content change.
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
  if (change.content && !stands_behind_its_parts(*table_, change, self)) {
    skip(self);
    return {};
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
  const Context seen = seen_by(*table_, change);
  make_room(*table_, change, number);
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
