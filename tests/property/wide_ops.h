#pragma once

#include <optional>
#include <vector>

#include "document/change.h"
#include "model/generator.h"

namespace relais::document {

/// Ops of every kind at any path, as whoever may write can write them: at the limits and one past
/// them, of any of what the writer had seen. The model says nothing of them.
class WideOps {
 public:
  explicit WideOps(std::uint64_t seed) : chance_(seed) {}

  /// More ops for a change. `saw`: whose dots they may name; `marks`: deletions among them.
  std::vector<Op> more(model::Set saw, bool marks);
  /// The change was read: what its ops made can be named from now on.
  void note(const std::vector<Op>& ops, const Position& position, int number);

 private:
  struct Made {
    Path path;
    Dot dot;
    int number;  ///< of the change
    std::uint32_t count;
  };

  Path any_path();
  const Made* any(const std::vector<Made>& made, model::Set saw);
  std::vector<Dot> any_dots(const std::vector<Made>& made, model::Set saw);
  std::optional<Dot> neighbour(const std::vector<Made>& made, model::Set saw);
  Value any_value();
  void add_value_op(std::vector<Op>& ops, model::Set saw);
  void add_sequence_op(std::vector<Op>& ops, model::Set saw);
  void add_counter_op(std::vector<Op>& ops, model::Set saw);
  void add_mark_op(std::vector<Op>& ops, model::Set saw);

  model::Chance chance_;
  std::vector<Made> elements_, letters_, values_, totals_, marks_;
};

/// How many indices of its change an op takes.
std::uint32_t indices_of(const Op& op);

}  // namespace relais::document
