// Names with invisible characters: not written here, and handled where others wrote them.
#include <gtest/gtest.h>

#include "document/edit/draft.h"
#include "replica/names_document.h"
#include "replica/write/own_commit.h"
#include "support/test_space.h"

namespace relais {
namespace {

using replica::Edit;
using testing::TestSpace;

constexpr char kOverride[] = "\u202e";

class Unseen : public ::testing::Test {
 protected:
  void SetUp() override {
    space.found("A", {{"cases", "legal", "legal"}});
    ASSERT_TRUE(space.join("B", "A"));
    space.settle();
  }
  std::string put(const std::string& device, const DocumentId& document, const std::string& path) {
    const Status put =
        space.edit(device, [&](Edit& edit) { return edit.put_json(document, path, "1"); });
    return put ? "written" : put.error().message();
  }
  /// Writes as a modified program does.
  void write_as_it_is(const std::string& device, const DocumentId& document) {
    replica::Core& core = space.core(device);
    replica::OwnCommit commit(core);
    const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
    const auto self = *commit.next(records);
    document::Draft draft({}, self, {document.collection, document.id}, core.next_time().stamp);
    ASSERT_TRUE(draft.set({document::Step(std::string("w"))}, 61));
    ASSERT_TRUE(commit.add(records, document::encode(std::move(draft).finish(), self), true));
    ASSERT_TRUE(commit.finish());
  }
  std::string json(const std::string& device, const DocumentId& document) {
    replica::Core& core = space.core(device);
    const auto json = replica::ReadView(core.reading()).json(document);
    return json ? *json : json.error().message();
  }

  const std::string hidden = std::string("1") + kOverride;
  TestSpace space;
};

TEST_F(Unseen, NewNamesAreRefused) {
  const std::string unseen = " contains an invisible character (U+202E): remove it.";
  EXPECT_EQ(put("A", {"", "cases", hidden}, "w"), "A document's id" + unseen);
  EXPECT_EQ(put("A", {"", hidden, "1"}, "w"), "A collection's name" + unseen);
  EXPECT_EQ(put("A", {hidden, "cases", "1"}, "w"), "A scope's name" + unseen);
  EXPECT_EQ(replica::check_name(hidden).error().message(),
            "The name of a space or a device" + unseen);
  const auto as_somebody = [&](Edit& edit) { return edit.set_user(hidden); };
  EXPECT_EQ(space.edit("A", as_somebody).error().message(), "A user's label" + unseen);
  EXPECT_EQ(space.dump("A"), "");
}

TEST_F(Unseen, WhatOthersNamedSoIsEditedAndTakenBackInAllItsSections) {
  const DocumentId document{"", "cases", hidden};
  write_as_it_is("A", document);
  space.settle();
  EXPECT_EQ(put("B", document, "h"), "written");
  EXPECT_EQ(put("B", document, "legal"), "written") << "in another compartment too";
  EXPECT_EQ(json("B", document), R"({"h":1,"legal":1,"w":61})");
  EXPECT_TRUE(space.edit("B", [&](Edit& edit) { return edit.undo(document); }));
  EXPECT_TRUE(space.edit("B", [&](Edit& edit) { return edit.erase(document, "w"); }));
  space.settle();
  EXPECT_EQ(json("A", document), R"({"h":1})");
}

TEST_F(Unseen, FieldsAndValuesAreDataAndStayAsTheyAre) {
  const std::string json_text = "{\"" + hidden + "\":\"" + hidden + "\"}";
  space.put("A", "cases/1", "", json_text);
  EXPECT_EQ(space.json("A", "cases/1"), json_text);
  space.settle();
  EXPECT_EQ(space.json("B", "cases/1"), json_text);
  const auto path = [&](const std::string& device) {
    replica::Core& core = space.core(device);
    return replica::ReadView(core.reading()).field({"", "cases", "1"}, hidden);
  };
  EXPECT_EQ(path("B")->versions.front().value, Value(hidden));
}

}  // namespace
}  // namespace relais
