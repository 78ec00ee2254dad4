#include "engine/on_disk.h"

namespace relais::testing {
namespace {

class FieldTrees : public OnDiskReplicas {};

TEST_F(FieldTrees, AFieldIsFoundByTheNamesIndicesAndIdsOfItsPath) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) {
    return tx.put_json(document(1), "",
                       R"({"medical":{"visits":[{"by":"nurse"},{"by":"doctor"}],"":7},)"
                       R"("a/b~c":{"@x":1}})");
  }));
  const auto tree = a.tree(document(1));
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->find(""), &*tree);
  const FieldTree* visits = tree->find("medical/visits");
  ASSERT_NE(visits, nullptr);
  EXPECT_EQ(visits->kind, FieldKind::list);
  EXPECT_EQ(*tree->find("medical/visits/1/by")->string(), "doctor");
  EXPECT_EQ(*visits->find("0/by")->string(), "nurse") << "a path begins where it is asked";
  const std::string id = visits->children.at(1).step;
  EXPECT_EQ(tree->find("medical/visits/" + id), &visits->children[1]);
  EXPECT_EQ(*tree->find("medical/")->integer(), 7) << "a name may be empty";
  EXPECT_EQ(*tree->find("a~1b~0c/@x")->integer(), 1);
}

TEST_F(FieldTrees, NothingIsFoundWhereNothingIs) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) {
    return tx.put_json(document(1), "", R"({"list":[1,2],"a/b":1,"~":2,"scalar":3})");
  }));
  const auto tree = a.tree(document(1));
  ASSERT_TRUE(tree);
  for (const char* path : {"gone",        "list/2",      "list/-1",
                           "list/+1",     "list/1x",     "list/",
                           "list/0/more", "list/@0.1.2", "list/99999999999999999999999",
                           "scalar/more", "scalar/",     "/scalar",
                           "a/b",         "a~b",         "a~",
                           "~",           "~2",          "~0~0",
                           "scalar~1",    "scal"}) {
    EXPECT_EQ(tree->find(path), nullptr) << path;
  }
  EXPECT_NE(tree->find("a~1b"), nullptr);
  EXPECT_NE(tree->find("~0"), nullptr);
  EXPECT_NE(tree->find("list/01"), nullptr) << "as paths of a replica are read";
}

TEST_F(FieldTrees, AValueIsReadByItsTypeAndNoOther) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.put_json(document(1), "",
                            R"({"whole":38,"part":38.5,"yes":true,"name":"Ada","none":null,)"
                            R"("list":[],"object":{}})"));
    EXPECT_TRUE(tx.splice_text(document(1), "note", 0, 0, "seen"));
    EXPECT_TRUE(tx.increment(document(1), "visits", 3));
    EXPECT_TRUE(tx.set_last_writer(document(1), "latest", 4));
    return tx.set_ranked(document(1), "urgency", "high", 2);
  }));
  const auto tree = a.tree(document(1));
  ASSERT_TRUE(tree);
  const auto at = [&](const char* path) { return *tree->find(path); };
  EXPECT_EQ(at("whole").integer(), 38);
  EXPECT_EQ(at("whole").number(), 38.0);
  EXPECT_EQ(at("part").number(), 38.5);
  EXPECT_EQ(at("yes").boolean(), true);
  EXPECT_EQ(*tree->find("name")->string(), "Ada");
  EXPECT_EQ(*tree->find("note")->string(), "seen");
  EXPECT_EQ(*tree->find("urgency")->string(), "high");
  EXPECT_EQ(at("visits").integer(), 3);
  EXPECT_EQ(at("visits").number(), 3.0);
  EXPECT_EQ(at("latest").integer(), 4);

  EXPECT_FALSE(at("part").integer());
  EXPECT_FALSE(at("whole").boolean());
  EXPECT_FALSE(at("yes").integer());
  EXPECT_FALSE(at("yes").number());
  EXPECT_FALSE(at("name").number());
  EXPECT_EQ(tree->find("visits")->string(), nullptr);
  for (const char* path : {"none", "list", "object"}) {
    const FieldTree* field = tree->find(path);
    ASSERT_NE(field, nullptr) << path;
    EXPECT_TRUE(!field->integer() && !field->number() && !field->boolean()) << path;
    EXPECT_EQ(field->string(), nullptr) << path;
  }
}

}  // namespace
}  // namespace relais::testing
