#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/scripts.h"

// By-content changes: for each rule the smallest history that goes wrong without it.
namespace relais::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Path kWhole;

State read_of(const std::vector<Deed>& deeds) {
  const World world = play({4, 4, false, {}}, deeds);
  return evaluate(world.history(), world.admitted(), 0);
}

Deed imports(int author, const std::string& text) {
  return acts(author, {}, Wish::import_file, {}, text);
}

TEST(ModelByContent, EqualImportsAreOneChange) {
  EXPECT_THAT(shown(read_of({imports(0, "v1"), imports(1, "v1"), takes(2, {0, 1})})),
              ElementsAre("l/y=v1", "m/v/=v1", "m/x=v1"));
  EXPECT_THAT(shown(read_of({imports(0, "v1"), imports(1, "v1"), acts(2, {0, 1}, Wish::set, kX)})),
              ElementsAre("l/y=v1", "m/v/=v1", "m/x=x3"));
}

TEST(ModelByContent, DifferentImportsStayBesideEachOther) {
  EXPECT_THAT(shown(read_of({imports(0, "v1"), imports(1, "v2")})),
              ElementsAre("l/y=v1", "l/y=v2", "m/v/=v1", "m/v/=v2", "m/x=v1", "m/x=v2"));
}

TEST(ModelByContent, ADeleteListsTheContentsItSawThoughItsCarrierIsCutOff) {
  EXPECT_THAT(shown(read_of({imports(0, "v1"), imports(1, "v1"), acts(2, {0}, Wish::del, kWhole),
                             cuts(0, 0)})),
              IsEmpty());
}

TEST(ModelByContent, AnAdoptedChangeSawWhatTheOriginalSaw) {
  EXPECT_THAT(
      shown(read_of({imports(1, "v1"), acts(0, {1}, Wish::set, kX), acts(2, {1}, Wish::del, kWhole),
                     cuts(0, 0), adopts(1, {0, 2}, {0, 1})})),
      ElementsAre("l/y=v1", "m/v/=v1", "m/x=x2"));
}

TEST(ModelByContent, EqualAdoptionsAreOneThoughOneAdopterSawMore) {
  EXPECT_THAT(shown(read_of({acts(1, {}, Wish::insert), acts(1, {}, Wish::set, kX),
                             acts(2, {1}, Wish::both), cuts(2, 0), adopts(0, {1, 2}, {2, 1}),
                             cuts(1, 1), adopts(3, {1, 2}, {2, 1}), extends(1)})),
              ElementsAre("m/v/=b3", "m/v/=e1", "m/x=b3"));
}

TEST(ModelByContent, WhoCoversThePlaceOfAnAdoptedChangeCoversIt) {
  EXPECT_THAT(
      shown(read_of({imports(1, "v1"), acts(0, {1}, Wish::set, kX),
                     acts(2, {0, 1}, Wish::del, kWhole), cuts(0, 0), adopts(1, {0}, {0, 1})})),
      IsEmpty());
}

TEST(ModelByContent, AnAdoptedChangeThatIsAdmittedAgainCountsOnce) {
  EXPECT_THAT(shown(read_of({acts(0, {}, Wish::insert), acts(0, {}, Wish::count), cuts(0, 0),
                             adopts(1, {0}, {0, 1}), adopts(1, {}, {0, 2}), extends(0)})),
              ElementsAre("m/c=1", "m/v/=e1"));
}

}  // namespace
}  // namespace relais::model
