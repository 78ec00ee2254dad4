#include "document/state/state.h"

#include "document/state/marks.h"

namespace relais::document {

State::State() : table_(std::make_unique<Table>()) {}
State::State(const State& other) : table_(std::make_unique<Table>(*other.table_)) {}
State::State(State&&) noexcept = default;
State& State::operator=(const State& other) {
  if (this != &other) table_ = std::make_unique<Table>(*other.table_);
  return *this;
}
State& State::operator=(State&&) noexcept = default;
State::~State() = default;

const Context& State::context() const { return table_->context; }

Position State::place_of(const Position& change) const {
  for (const Content& content : table_->contents) {
    if (content.author == change.author) return content.carriers.front();
  }
  return change;
}

State::Table& State::settled() const {
  if (table_->unsettled) settle(*table_);
  return *table_;
}

bool State::empty() const { return !is_live(table().root); }

}  // namespace relais::document
