#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "document/change.h"
#include "document/state/state.h"
#include "model/generator.h"
#include "property/wide_ops.h"

namespace relais::document {

/// What both the model and the engine say of a document, in the model's terms: each item as its
/// kind, path and dot.
struct Observed {
  std::set<std::string> shown;
  std::set<std::string> marks;
  std::set<std::string> contested;
  std::map<std::string, std::int64_t> counters;  ///< those that are not 0
  bool operator==(const Observed&) const = default;
};
std::string text_of(const Observed& observed);

/// A history of the model as changes of the engine, read where these are admitted. Each change is
/// encoded and decoded. Adoptions are left out: the projection finds what they cover.
class ModelHistory {
 public:
  /// `wide`: adds ops that the model does not know, for the engine alone.
  ModelHistory(const model::History& history, const model::Arrival& arrival,
               WideOps* wide = nullptr);

  /// Applies the changes in order of arrival, each once its context is there.
  State replay(const std::vector<int>& order) const { return replay_on({}, 0, order); }
  /// The same on top of a state of some changes, which these build on.
  State replay_on(State state, model::Set applied, const std::vector<int>& order) const;
  /// A change and everything it needs before it.
  model::Set closure(int number) const;
  Observed observe(const State& state) const;
  /// What the model says.
  Observed expected() const;
  /// Number of changes with extra ops that a reader refused; they are applied without these.
  int refused() const { return refused_; }
  /// One line for each change with its ops, for failure reports.
  std::string text() const;

 private:
  struct Written {
    Position position;
    Change change;
  };

  void write(const model::Change& change);
  Change read_back(const Change& made, const Position& position) const;
  void add_wide(const model::Change& change, int unit, const Position& position, Change& read);
  bool covers_exactly(const Context& context, model::Set covered) const;
  Citations citations_of(const model::Change& change) const;
  void add_ops(const model::Change& change, int unit, std::vector<Op>& ops);
  void add_op(const model::Change& change, const model::Op& op, std::vector<Op>& ops);
  void add_resets(const model::Change& change, const model::Path& path, std::vector<Op>& ops) const;
  void add_withdrawals(const model::Dots& marks, const model::Path* except,
                       std::vector<Op>& ops) const;
  Context context_of(model::Set covered) const;
  Dot dot(const model::Dot& dot) const;
  std::vector<Dot> dots(const model::Dots& dots) const;
  Path path(const model::Path& path) const;
  std::string name_of(const Dot& dot) const;
  std::string text_of(const Path& path) const;
  bool is_before_done(const std::vector<bool>& done, int number) const;

  const model::History& history_;
  model::Arrival arrival_;
  std::vector<model::Set> found_;
  WideOps* wide_;
  int refused_ = 0;
  std::vector<Written> written_;
  std::map<int, AuthorId> contents_;                   ///< of C
  std::map<int, std::vector<std::uint32_t>> indices_;  ///< of the model's ops, by change or content
  std::map<Dot, model::Dot> model_dots_;
};

/// RELAIS_MODEL_SCRIPTS=100000 tries more histories; RELAIS_MODEL_SEED=7, others, or, as a failure
/// gives it, one of them.
std::uint64_t histories_to_try(std::uint64_t otherwise);
std::uint64_t first_seed();

/// How the engine differs from the model, or its state from that in another order or after
/// encoding; empty if it does not.
std::string difference(const model::World& world, const model::Arrival& arrival);

}  // namespace relais::document
