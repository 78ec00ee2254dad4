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

/// Random ops of every kind at any path, as any writer may encode them: at the limits and one past
/// them, naming what the writer had seen, and what it had not. The model ignores them.
class WideOps {
 public:
  /// `without`: leaves out these, by number, to find the few that matter.
  explicit WideOps(std::uint64_t seed, std::set<int> without = {})
      : seed_(seed), chance_(seed), without_(std::move(without)) {}

  /// Extra ops for a change. `saw`: the changes whose dots they mostly name; `marks`: includes
  /// deletions.
  std::vector<Op> more(model::Set saw, bool marks);
  /// The same for equal by-content changes, which name nothing. `content`: the number of the
  /// content.
  std::vector<Op> more_content(int content) const;
  /// Changes the header to claim more or less than was seen: stamps, exceptions, contents. What is
  /// no longer covered is no part of the context.
  void twist(ChangeHeader& header, const Position& self);
  int count() const { return count_; }  ///< ops made, including those left out
  /// Records that the change was accepted: later ops can name what its ops made. `own`: the
  /// position of its dots.
  void note(const std::vector<Op>& ops, const Position& own, int number);

 private:
  struct Made {
    Path path;
    Dot dot;
    std::uint32_t count;
    model::Set named;  ///< the changes needed to name it
  };

  Path any_path(model::Set saw);
  const Made* any(const std::vector<Made>& made, model::Set saw);
  std::vector<Dot> any_dots(const std::vector<Made>& made, model::Set saw);
  std::optional<Dot> neighbour(const std::vector<Made>& made, model::Set saw);
  Value any_value();
  std::string any_text();
  void add_value_op(std::vector<Op>& ops, model::Set saw);
  void add_sequence_op(std::vector<Op>& ops, model::Set saw);
  void add_counter_op(std::vector<Op>& ops, model::Set saw);
  void add_mark_op(std::vector<Op>& ops, model::Set saw);
  void add_many(std::vector<Op>& ops, model::Set saw);
  void add_some(std::vector<Op>& ops, model::Set saw, bool marks);
  std::vector<Dot> any_listed(const Path& path, model::Set saw);

  std::uint64_t seed_;
  model::Chance chance_;
  std::set<int> without_;
  int count_ = 0;
  bool is_liar_ = false;             ///< the change names what its writer had not seen
  std::map<Position, int> numbers_;  ///< of the changes
  std::vector<AuthorId> contents_;
  std::vector<Made> elements_, letters_, values_, totals_, marks_;
};

/// For a failure's report.
std::string text_of(const Op& op);

}  // namespace relais::document
