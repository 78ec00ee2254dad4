#include <set>
#include <variant>
#include <vector>

#include "document/making.h"
#include "support/golden.h"

/// tests/golden/v1/kinds.txt: changes with every operation, by two people who are offline, and the
/// resulting state with every facet.
namespace relais::document {
namespace {

using testing::Golden;

Path at(std::string_view name) { return {std::string(name)}; }

Attachment picture() {
  Attachment picture;
  picture.hash.fill(0x5a);
  picture.size = 300'000;
  picture.media_type = "image/jpeg";
  return picture;
}

/// A history in which each change is made again, compared with the file, and then taken from the
/// file.
class Story {
 public:
  template <class Edit>
  Position tell(Person& person, const Edit& edit) {
    Draft draft = person.draft();
    EXPECT_TRUE(edit(draft).has_value());
    const Position position = person.position();
    const std::string name = "change_" + std::to_string(++told_);
    const Bytes bytes = golden_.expect(name, encode(std::move(draft).finish(), position));
    const auto change = decode_change(bytes, position);
    EXPECT_TRUE(change.has_value()) << name;
    if (!change) return position;
    EXPECT_EQ(to_hex(encode(*change, position)), to_hex(bytes));
    person.take(*change, position);
    written.push_back({position, *change});
    return position;
  }
  Bytes expect_state(const State& state) { return golden_.expect("state", state.canonical()); }

  std::vector<std::pair<Position, Change>> written;

 private:
  Golden golden_{"kinds.txt"};
  int told_ = 0;
};

Status every_kind(Draft& draft) {
  EXPECT_TRUE(draft.put_json({}, R"({"status":"open","visits":["first","second","third"],
                                     "consent":{"share":true},"none":[],"nothing":{}})"));
  EXPECT_TRUE(draft.set_last_writer(at("phone"), "0990 123 456"));
  EXPECT_TRUE(draft.set_ranked(at("triage"), "green", 1));
  EXPECT_TRUE(draft.update_text(at("note"), "Sleeps badly. Eats well."));
  EXPECT_TRUE(draft.add(at("allergies"), "iodine"));
  EXPECT_TRUE(draft.add(at("allergies"), "latex"));
  EXPECT_TRUE(draft.count(at("stock"), 12));
  EXPECT_TRUE(draft.set(at("picture"), picture()));
  EXPECT_TRUE(draft.set(at("weight"), 61.5));
  return draft.set(at("left"), nullptr);
}

Status one_apart(Draft& draft) {
  EXPECT_TRUE(draft.set(at("status"), "closed"));
  EXPECT_TRUE(draft.set_last_writer(at("phone"), "0991 000 000"));
  EXPECT_TRUE(draft.set_ranked(at("triage"), "red", 3));
  EXPECT_TRUE(draft.splice_text(at("note"), 7, 5, "well"));
  EXPECT_TRUE(draft.remove(at("allergies"), "iodine"));
  EXPECT_TRUE(draft.count(at("stock"), -2));
  EXPECT_TRUE(draft.move(at("visits"), 2, 0));
  EXPECT_TRUE(draft.make_void(at("weight"), "taken of another patient"));
  EXPECT_TRUE(draft.erase(at("left")));
  return draft.erase(at("consent"));
}

Status other_apart(Draft& draft) {
  EXPECT_TRUE(draft.set(at("status"), "referred"));
  EXPECT_TRUE(draft.set_last_writer(at("phone"), "0992 111 111"));
  EXPECT_TRUE(draft.set_ranked(at("triage"), "yellow", 2));
  EXPECT_TRUE(draft.splice_text(at("note"), 13, 0, " Coughs."));
  EXPECT_TRUE(draft.insert_json(at("visits"), 1, R"({"by":"midwife"})"));
  EXPECT_TRUE(draft.move(at("visits"), 3, 0));
  EXPECT_TRUE(draft.put_json(at("consent"), R"({"given":"2025-11-04"})"));
  EXPECT_TRUE(draft.erase(at("stock")));
  return draft.set(at("left"), false);
}

constexpr char kReads[] =
    R"({"allergies":["latex"],"consent":{"given":"2025-11-04","share":true},"left":false,"none":[],"note":"Sleeps well. )"
    R"(Coughs. Eats well.","nothing":{},"phone":"0991 000 000",)"
    R"("picture":{"$attachment":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",)"
    R"("media_type":"image/jpeg","size":300000},"status":"closed","stock":10,"triage":"red",)"
    R"("visits":["third","first",{"by":"midwife"},"second"]})";

TEST(Golden, EveryOperationAndFacetIsReadAndWrittenAsInVersion1) {
  Story story;
  Person a('a');
  Person b('b');
  story.tell(a, every_kind);
  b.take(story.written[0].second, story.written[0].first);
  a.clock = 2000;
  story.tell(a, one_apart);
  b.clock = 1000;
  story.tell(b, other_apart);
  const State before = b.state;
  const Position undone = story.tell(b, [](Draft& d) { return d.set(at("mistake"), "oops"); });
  const Change mistake = story.written.back().second;
  story.tell(b, [&](Draft& d) { return d.undo(before, mistake, undone); });
  for (const auto& [position, change] : story.written) {
    if (!a.state.context().covers(position.author, position.seq)) a.take(change, position);
  }
  EXPECT_EQ(a.json(), kReads);
  const Bytes stored = story.expect_state(a.state);
  const auto state = State::decode(stored);
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(to_hex(state->canonical()), to_hex(stored));
  EXPECT_EQ(to_json({&*state}), kReads);
  story.tell(a, [](Draft& d) { return d.set(at("seen"), true); });  // keeps a contested deletion
  story.tell(a, [](Draft& d) { return d.keep({}); });
  std::set<std::size_t> operations;
  for (const auto& [position, change] : story.written) {
    for (const Op& op : change.ops) operations.insert(op.what.index());
  }
  EXPECT_EQ(operations.size(), std::variant_size_v<decltype(Op::what)>);
}

TEST(Golden, WhoWroteIsReadAndWrittenAsInVersion1) {
  Golden golden("kinds.txt");
  Person a('a');
  Draft draft = a.draft();
  EXPECT_TRUE(draft.set(at("status"), "open").has_value());
  Change change = std::move(draft).finish();
  change.attribution = {TransactionId{{1, 2, 3, 4, 5, 6, 7, 8}}, "Dr Élodie"};
  const Bytes bytes = golden.expect("attributed", encode(change, a.position()));
  const auto read = decode_change(bytes, a.position());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->attribution, change.attribution);
}

}  // namespace
}  // namespace relais::document
