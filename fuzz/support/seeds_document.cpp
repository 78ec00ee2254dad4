#include "base/check.h"
#include "document/json/json.h"
#include "fuzz/support/replicas.h"
#include "fuzz/support/seeds.h"

namespace relais::fuzz {
namespace {

constexpr const char* kLines[] = {
    R"({"collection":"cases","id":"c2ce6f44-7ed4-457b-9e2f-eb89414c343c","doc":{"opened":"2025-04-19",)"
    R"("medical":{"visits":[{"by":"nurse","temperature_C":38.8},{"by":"doctor"}],)"
    R"("diagnoses":["O71.3","I10"],"note":"refuse l'hospitalisation"},"consent":true,"empty":[]}})",
    R"({"scope":"zone 1","collection":"stock","id":"gauze","doc":{"count":-12,"unit":null,"t":""}})",
    R"({"id":"x","collection":"c","doc":{}})",
    R"({"collection":"c","id":"y","doc":{"a":[[1,[2]],{"b":{"c":1e-7}}],"é":"\u00e9\ud83d\ude42"}})",
    R"({"id":"z","collection":"c","doc":{"$$attachment":[0.0,{"$$$attachment":1e-300}]}})",
    R"({"id":"s","collection":"c","doc":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{)"
    R"("a":{"a":{"a":{"a":{"a":{"a":{"a":[[null,1,"x"],[]]}}}}}}}}}}}}}}}})"};

void add_imports(Seeds& seeds) {
  int number = 0;
  for (const char* line : kLines) {
    const std::string name = "line_" + std::to_string(number++);
    seeds["json_import"][name] = Composer().byte(number & 1).byte(number).rest(line).bytes();
    document::Importer importer({{"medical/note", "t"}});
    std::vector<Bytes> changes;
    RELAIS_CHECK(importer.parse(line).has_value());
    RELAIS_CHECK(importer
                     .encode(
                         {}, {1'790'000'000'000ULL << 16}, {}, [](auto) { return true; },
                         [] { return TransactionId{}; }, changes)
                     .has_value());
    seeds["ops"][name] = Composer().byte(5).byte(8).rest(changes.front()).bytes();
  }
  auto& paths = seeds["json_path"];
  for (const char* path : {"", "a/b~1c", "a/~0", "l/1/1/x", "l/-1", "@/@1/0", "m/note", "l/2/new",
                           "l/@abababababababababababababababab.1.5"}) {
    paths["path_" + std::to_string(paths.size())] = path;
  }
}

/// Generated histories, their changes and states.
void add_histories(Seeds& seeds) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SeededRandom random(seed);
    const Bytes bytes = random.bytes(seed * 80);
    const std::string name = "history_" + std::to_string(seed);
    seeds["merge"][name] = bytes;
    Input input(u8(BytesView(bytes)), bytes.size());
    Replicas world(2 + seed % 3);
    while (!input.empty()) {
      world.edit(input);
      if (input.chance()) world.deliver(input);
      if (input.below(8) == 7) world.merge(input);
    }
    const Bytes state =
        world.replay(std::vector<bool>(world.changes.size(), true), 0).state.canonical();
    if (state.size() < 4000) seeds["state"][name] = Composer().byte(seed & 1).rest(state).bytes();
    if (world.changes.empty()) continue;
    // The first two bytes give the position: the author id is one byte, repeated.
    const Written& last = world.changes.back();
    const Bytes change = document::encode(last.change, last.position);
    if (last.position.seq > 256 || change.size() > 4000) continue;
    seeds["ops"][name] = Composer()
                             .byte(last.position.author.bytes[0])
                             .byte(last.position.seq - 1)
                             .rest(change)
                             .bytes();
  }
}

AuthorId author(std::uint8_t byte) {
  AuthorId id;
  id.bytes.fill(byte);
  return id;
}

/// Every form of context.
void add_contexts(Seeds& seeds) {
  const document::Position self{author(5), 9};
  document::Change change;
  change.address = {"cases", "k-7"};
  change.stamp = {1'790'000'000'000ULL << 16};
  change.attribution.wall_offset_ms = -86'400'000;
  change.attribution.user = "night shift";
  change.cites.own_before = 4;
  change.cites.cited = {{author(1), 7, {}, 3}, {author(2), 1'000'000, {}}};
  change.cites.exceptions = {{author(1), 5}, {author(5), 2}};
  change.cites.contents = {author(9)};
  change.ops.push_back({{document::Step(std::string("open"))},
                        document::op::Set{Value(true), {{{author(9), 1, 0}}}}});
  for (const bool whole : {true, false}) {
    change.cites.whole = whole;
    if (!whole) change.cites.cited[0].floor = 0;
    if (!whole) change.ops[0].what = document::op::Set{Value(true), {}};
    const Bytes bytes = document::encode(change, self);
    RELAIS_CHECK(document::decode_change(bytes, self).has_value());
    seeds["ops"][whole ? "context_whole" : "context_listed"] =
        Composer().byte(5).byte(8).rest(bytes).bytes();
  }
}

}  // namespace

void add_document_seeds(Seeds& seeds) {
  add_imports(seeds);
  add_histories(seeds);
  add_contexts(seeds);
}

}  // namespace relais::fuzz
