#include "model/history.h"

#include <algorithm>

#include "model/covers.h"

namespace relais::model {
namespace {

bool is_settling(const Op& op) { return op.verb == Verb::del || op.verb == Verb::restore; }

}  // namespace

Cover named(const Ops& ops) {
  Cover cover;
  for (const Op& op : ops) {
    for (const Dot& dot : op.dots) cover.add(dot.unit);
    for (const Step& step : op.path) {
      if (step.name == 0) cover.add(step.element.unit);
    }
  }
  return cover;
}

const std::vector<int>& History::log(int author) const {
  static const std::vector<int> kNone;
  const auto found = logs_.find(author);
  return found == logs_.end() ? kNone : found->second;
}

std::vector<int> History::authors() const {
  std::vector<int> authors;
  for (const auto& [author, log] : logs_) authors.push_back(author);
  return authors;
}

int History::at(const Place& place) const {
  const auto& of = log(place.author);
  const auto index = static_cast<std::size_t>(place.seq) - 1;
  return place.seq >= 1 && index < of.size() ? of[index] : -1;
}

Set History::prefix(const Place& upto) const {
  Set set = 0;
  for (const int number : log(upto.author)) {
    if (change(number).place.seq <= upto.seq) set |= bit(number);
  }
  return set;
}

bool History::has_adoptions() const {
  return std::any_of(contents_.begin(), contents_.end(), [](const Content& content) {
    return content.carry.what == Carries::an_adoption;
  });
}

int History::content_of(const Change& change) const {
  for (std::size_t i = 0; i < contents_.size(); ++i) {
    if (contents_[i].carry == change.carry && contents_[i].ops == change.ops) {
      return kContent + static_cast<int>(i);
    }
  }
  return -1;
}

const Change& History::add(int author, Ops ops, Set saw, const Carry& carry, Set mentioned,
                           Set listed) {
  require(size() < kMostChanges, "a history has at most 64 changes");
  Change change;
  change.number = size();
  change.place = {author, static_cast<int>(log(author).size()) + 1};
  change.ops = std::move(ops);
  change.carry = carry;
  change.saw = saw;
  change.listed = listed;
  list_whole(change);
  const bool settles = std::any_of(change.ops.begin(), change.ops.end(), is_settling);
  change.is_whole = static_cast<int>(change.entries.size()) <= whole_ || settles;
  if (!change.is_whole) list_covering(change, mentioned);

  const Set unseen = cover_of(*this, change, found_, all(), all()) & ~saw;
  for (const Change& other : changes_) {
    if (has(unseen, other.number)) change.holes.push_back(other.place);
  }
  std::sort(change.holes.begin(), change.holes.end());
  found_.push_back(cover_of(*this, change, found_, all(), all()));
  if (carry.what != Carries::itself && content_of(change) < 0) {
    contents_.push_back({carry, change.ops});
  }
  logs_[author].push_back(change.number);
  changes_.push_back(std::move(change));
  return changes_.back();
}

/// The last place of each other author whose change was seen.
void History::list_whole(Change& change) const {
  std::map<int, int> last;
  for (const Change& other : changes_) {
    if (has(change.saw, other.number)) last[other.place.author] = other.place.seq;
  }
  last.erase(change.place.author);
  for (const auto& [author, seq] : last) change.entries.push_back({author, seq});
}

/// Changes whose contexts together cover what was seen.
void History::list_covering(Change& change, Set mentioned) const {
  auto& entries = change.entries;
  entries.clear();
  Set seen_by_seen = 0;
  for (const Change& other : changes_) {
    if (has(change.saw, other.number)) seen_by_seen |= other.saw;
  }
  const auto list = [&](const Change& other) {
    const bool is_own = other.place.author == change.place.author;
    const bool is_listed = std::find(entries.begin(), entries.end(), other.place) != entries.end();
    if (!is_own && !is_listed) entries.push_back(other.place);
  };
  for (const Change& other : changes_) {
    if (has(change.saw & ~seen_by_seen, other.number)) list(other);
  }
  for (const Change& other : changes_) {
    if (has(mentioned, other.number)) list(other);
  }
  for (auto other = changes_.rbegin(); other != changes_.rend(); ++other) {
    const Set found = cover_of(*this, change, found_, all(), all());
    if (has(change.saw & ~found, other->number)) list(*other);
  }
}

}  // namespace relais::model
