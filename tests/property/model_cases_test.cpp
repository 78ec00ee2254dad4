#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/scripts.h"
#include "property/model_history.h"

// Past differences between the engine and the model, in as few actions as possible.
namespace relais::document {
namespace {

using model::acts;
using model::cuts;
using model::Deed;
using model::Wish;

const model::Path kRoot;

/// In order of writing, and reversed; `gone`: lost changes.
std::string difference_of(const std::vector<Deed>& deeds, bool has_base = true,
                          const std::vector<model::Place>& gone = {}) {
  const model::World world = model::play({7, 4, has_base, {}}, deeds);
  model::Arrival arrival{world.admitted(), 0, {}};
  for (const model::Place& place : gone) arrival.gone |= model::bit(world.history().at(place));
  for (int i = 0; i < world.history().size(); ++i) {
    if (model::has(arrival.admitted, i)) arrival.order.push_back(i);
  }
  const std::string forwards = difference(world, arrival);
  if (!forwards.empty()) return forwards;
  return difference(world, {arrival.admitted, arrival.gone,
                            std::vector<int>(arrival.order.rbegin(), arrival.order.rend())});
}

Deed imports(int author) { return acts(author, {}, Wish::import_file, {}, "v1"); }

TEST(ModelCases, ADeletionThatSawATotalIsReadAgainThoughTheTotalIsCutOff) {
  EXPECT_EQ(difference_of({acts(1, {}, Wish::count), acts(2, {1}, Wish::del, kRoot),
                           acts(3, {1, 2}, Wish::add, {}, "s1"), cuts(1, 0)}),
            "");
}

TEST(ModelCases, AMarkAtAnElementIsReadAgainThoughTheElementIsCutOff) {
  EXPECT_EQ(difference_of({imports(1), acts(0, {1}, Wish::erase), cuts(1, 0)}, false), "");
}

TEST(ModelCases, AMoveIsReadAgainThoughItsElementIsCutOff) {
  EXPECT_EQ(difference_of({acts(1, {}, Wish::insert), acts(2, {1}, Wish::move), cuts(1, 0)}, false),
            "");
}

TEST(ModelCases, AnEditOfAnElementThatIsCutOffIsReadAgain) {
  EXPECT_EQ(difference_of({acts(1, {}, Wish::insert), acts(2, {1}, Wish::edit), cuts(1, 0)}, false),
            "");
}

TEST(ModelCases, ADeletionCoversAContentThatItListsThoughItComesLaterByAnotherCarrier) {
  EXPECT_EQ(difference_of({imports(3), acts(1, {3}, Wish::erase), imports(2)}, false, {{3, 1}}),
            "");
  EXPECT_EQ(difference_of({imports(0), acts(0, {}, Wish::over, model::path_of("m")), imports(2)},
                          false, {{0, 1}}),
            "");
}

TEST(ModelCases, WhoWritesInADocumentWhoseElementIsCutOffKeepsAContestedMarkThere) {
  EXPECT_EQ(difference_of({acts(5, {}, Wish::edit), acts(1, {}, Wish::erase), cuts(0, 0),
                           acts(1, {5}, Wish::insert)}),
            "");
}

TEST(ModelCases, TwoCarriersOfAnImportMergeAsTheyApply) {
  const model::World world = model::play({2, 4, false, {}}, {imports(0), imports(1)});
  const ModelHistory history(world.history(), {3, 0, {0, 1}});
  State merged = history.replay({0});
  merged.merge(history.replay({1}));
  State turned = history.replay({1});
  turned.merge(history.replay({0}));
  EXPECT_EQ(merged.canonical(), history.replay({0, 1}).canonical());
  EXPECT_EQ(turned.canonical(), merged.canonical());
}

}  // namespace
}  // namespace relais::document
