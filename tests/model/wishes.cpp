#include <algorithm>

#include "model/writers.h"

namespace relais::model {
namespace {

bool shows_content(const State& state, const Path& top) {
  return std::any_of(state.items.begin(), state.items.end(), [&](const Item& item) {
    return is_shown_content(item) && below(item.path, top);
  });
}

bool shows_exactly(const State& state, const Path& path) {
  return std::any_of(state.items.begin(), state.items.end(),
                     [&](const Item& item) { return is_shown_content(item) && item.path == path; });
}

bool shows_element(const State& state, const std::string& text) {
  return std::any_of(state.items.begin(), state.items.end(), [&](const Item& item) {
    return item.is_shown && item.kind == Kind::element && item.text == text;
  });
}

const Path* first_inserted(const State& state) {
  for (const Item& item : state.items) {
    if (item.is_shown && item.kind == Kind::insert) return &item.path;
  }
  return nullptr;
}

Ops one(Verb verb, Path path, std::string text = {}, std::int64_t number = 0) {
  return {{verb, std::move(path), std::move(text), number, {}}};
}

Ops restore(const State& state, const Path& path) {
  Dots marks = marks_to_restore(state, path);
  if (marks.empty()) return {};
  return {{Verb::restore, path, "", 0, std::move(marks)}};
}

/// Make at the path of a mark starts anew; the mark and what it covered stay.
Ops anew(const State& state, const Path& path, const std::string& value) {
  const bool is_marked = std::any_of(state.marks.begin(), state.marks.end(), [&](const Mark& mark) {
    return mark.stands && mark.path == path && !mark.is_contested;
  });
  if (!is_marked || shows_content(state, path)) return {};
  Path field = path;
  for (std::size_t i = path.size(); i < kX.size(); ++i) field.push_back(kX[i]);
  return {{Verb::make, path, "", 0, {}}, {Verb::set, std::move(field), value, 0, {}}};
}

Ops in_first_element(const State& state, Wish wish, const std::string& number) {
  const Path* element = first_inserted(state);
  if (element == nullptr) return {};
  switch (wish) {
    case Wish::edit: return one(Verb::set, with(*element, {'t', {}}), "t" + number);
    case Wish::erase: return one(Verb::del, *element);
    default: return one(Verb::move, *element, "", std::stoll(number));
  }
}

Ops deletion(const State& state, const Action& action, const std::string& number) {
  const Path& path = action.path;
  if (!shows_content(state, path)) return {};
  switch (action.wish) {
    case Wish::del: return one(Verb::del, path);
    case Wish::make_void: return one(Verb::del, path, "why");
    default: break;
  }
  return {{Verb::del, path, "", 0, {}}, {Verb::set, path, "v" + number, 0, {}}};
}

}  // namespace

Ops ops_of(const State& state, const Action& action, const std::string& number) {
  const Path& path = action.path;
  switch (action.wish) {
    case Wish::set: return one(Verb::set, path, path.back().name + number);
    case Wish::both:
      return {{Verb::set, kX, "b" + number, 0, {}}, {Verb::insert, kList, "b" + number, 0, {}}};
    case Wish::clear: return shows_exactly(state, path) ? one(Verb::clear, path) : Ops{};
    case Wish::del:
    case Wish::make_void:
    case Wish::over: return deletion(state, action, number);
    case Wish::restore: return restore(state, path);
    case Wish::anew: return anew(state, path, "n" + number);
    case Wish::add: return one(Verb::add, kSet, action.text);
    case Wish::remove:
      return shows_element(state, action.text) ? one(Verb::remove, kSet, action.text) : Ops{};
    case Wish::insert: return one(Verb::insert, kList, "e" + number);
    case Wish::edit:
    case Wish::erase:
    case Wish::move: return in_first_element(state, action.wish, number);
    case Wish::count:
    case Wish::import_file:
    case Wish::adopt: break;
  }
  return {};
}

std::int64_t World::next_total(int author, const State& state) const {
  std::int64_t last = 0;
  for (const Item& item : state.items) {
    if (item.kind != Kind::count || item.dot.unit >= kContent) continue;
    if (history_.change(item.dot.unit).place.author == author) last = std::max(last, item.number);
  }
  return last + 1;
}

/// The difference to a document known here; else the whole file.
Ops World::import_of(int author, const State& state, const std::string& text) const {
  if (readable(author) == 0) {
    return {{Verb::set, kX, text, 0, {}},
            {Verb::set, kY, text, 0, {}},
            {Verb::insert, kList, text, 0, {}}};
  }
  if (!shows_content(state, {})) return {};
  Ops ops;
  for (const Path& path : {kX, kY}) {
    const bool is_there =
        std::any_of(state.items.begin(), state.items.end(), [&](const Item& item) {
          return is_shown_content(item) && below(item.path, path) && item.text == text;
        });
    if (!is_there) ops.push_back({Verb::set, path, text, 0, {}});
  }
  return ops;
}

/// Totals become differences from the log's total before; deletions are left out.
Ops World::adoption(int author, const Place& place) const {
  const int number = history_.at(place);
  if (number < 0 || !has(held_[static_cast<std::size_t>(author)], number)) return {};
  const Change& original = history_.change(number);
  if (has(admitted(), number) || original.carry.what != Carries::itself) return {};
  std::int64_t total = 0;
  for (const int before : history_.log(place.author)) {
    for (const Op& op : history_.change(before).ops) {
      if (before < number && op.verb == Verb::count) total = std::max(total, op.number);
    }
  }
  Ops ops = original.ops;
  for (Op& op : ops) {
    if (op.verb == Verb::count) op.number -= total;
    if (op.verb == Verb::del) op = {};
  }
  return ops;
}

Ops World::ops_for(int author, const State& state, const Action& action) {
  const std::string number = std::to_string(++wishes_);
  switch (action.wish) {
    case Wish::count: return one(Verb::count, kCounter, "", next_total(author, state));
    case Wish::import_file: return import_of(author, state, action.text);
    case Wish::adopt: return adoption(author, action.adopted);
    default: return ops_of(state, action, number);
  }
}

}  // namespace relais::model
