#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "document/change.h"
#include "model/generator.h"

namespace relais::document {

/// Ops of every kind at any path, as whoever may write can write them: at the limits and one past
/// them, of any of what the writer had seen. The model says nothing of them.
class WideOps {
 public:
  /// `without`: leaves these out, by their numbers in order: to find the few that matter.
  explicit WideOps(std::uint64_t seed, std::set<int> without = {})
      : chance_(seed), without_(std::move(without)) {}

  /// More ops for a change. `saw`: whose dots they may name; `marks`: deletions among them.
  std::vector<Op> more(model::Set saw, bool marks);
  int count() const { return count_; }  ///< of those made, left out ones too
  /// The change was read: what its ops made can be named from now on.
  void note(const std::vector<Op>& ops, const Position& position, int number);

 private:
  struct Made {
    Path path;
    Dot dot;
    std::uint32_t count;
    model::Set named;  ///< the changes whose dots it takes to name it
    bool is_nameable;  ///< not of a by-content change
  };

  Path any_path(model::Set saw);
  const Made* any(const std::vector<Made>& made, model::Set saw);
  std::vector<Dot> any_dots(const std::vector<Made>& made, model::Set saw);
  std::optional<Dot> neighbour(const std::vector<Made>& made, model::Set saw);
  Value any_value();
  void add_value_op(std::vector<Op>& ops, model::Set saw);
  void add_sequence_op(std::vector<Op>& ops, model::Set saw);
  void add_counter_op(std::vector<Op>& ops, model::Set saw);
  void add_mark_op(std::vector<Op>& ops, model::Set saw);

  model::Chance chance_;
  std::set<int> without_;
  int count_ = 0;
  std::map<Position, int> numbers_;  ///< of the changes
  std::vector<Made> elements_, letters_, values_, totals_, marks_;
};

/// For a failure's report.
std::string text_of(const Op& op);
/// How many indices of its change an op takes.
std::uint32_t indices_of(const Op& op);

}  // namespace relais::document
