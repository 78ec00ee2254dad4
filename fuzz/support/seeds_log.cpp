#include "access/invitation.h"
#include "access/recovery.h"
#include "fuzz/support/seeds.h"
#include "log/author.h"
#include "reconcile/inventory.h"
#include "store/tables/document_record.h"
#include "store/tables/log_table.h"

namespace relais::fuzz {
namespace {

void add_certificates(Seeds& seeds) {
  // now, whose Noise key; then each certificate: subject, issuer, seq, level, end, what is wrong.
  const auto certificate = [](Composer& to, std::size_t subject, std::size_t issuer,
                              std::size_t level) {
    to.byte(subject).byte(issuer).byte(2).byte(level).byte(0).byte(0).byte(0);
  };
  Composer owner, member, deep;
  owner.byte(0).byte(1).byte(1);
  certificate(owner, 1, 0, 1);
  member.byte(9).byte(3).byte(2);
  certificate(member, 3, 1, 3);
  certificate(member, 1, 0, 1);
  deep.byte(9).byte(4).byte(4);
  certificate(deep, 4, 2, 4);
  certificate(deep, 2, 1, 2);
  certificate(deep, 1, 0, 1);
  seeds["certificate_chain"] = {
      {"owner", owner.bytes()}, {"member", member.bytes()}, {"courier", deep.bytes()}};
}

void add_records(Seeds& seeds) {
  Composer input;
  input.byte(1).byte(5);  // after the founding records
  const auto record = [&](std::size_t kind) -> Composer& {
    return input.byte(1).byte(0).byte(kind);  // by the owner, well-formed
  };
  record(0).byte(4).byte(4).byte(0).byte(0).byte(0).byte(0);             // a courier
  record(1).byte(1).byte(0);                                             // a compartment
  record(2).sized("cases").sized("medical").sized("b").byte(0).byte(0);  // a section
  record(3).byte(3).byte(1).byte(3).byte(0);                             // rights in it
  record(4).byte(1).byte(0).byte(1).byte(1).byte(1).byte(1);  // a mesh key: cites root's log,
  input.byte(1).byte(0).byte(0).byte(1).byte(0).byte(0);      // for the owner
  record(6).byte(0).byte(2).byte(1).byte(1).byte(0).byte(3).byte(1).byte(0).byte(0);  // for two
  seeds["control_records"]["an_owners_log"] = input.bytes();
  for (const auto& [name, made] : std::map<std::string, wire::ControlRecord>{
           {"compartment", wire::record::CompartmentCreated{"zone 1", "medical"}},
           {"section", wire::record::SectionMapped{"cases", "legal", "legal"}},
           {"rights", wire::record::RightsGranted{{}, {}, 3}}}) {
    seeds["control_records"]["encoded_" + name] =
        Composer().byte(1).byte(0).byte(1).byte(3).sized(wire::encode(made)).byte(0).bytes();
  }
}

void add_segments(Seeds& seeds) {
  for (const bool lies : {false, true}) {
    Composer three;
    three.byte(3);
    three.byte(0).byte(7).byte(0).byte(0).byte(0).byte(0).sized("block one");
    three.byte(0).byte(3).byte(0).sized("block two");  // no end here
    three.byte(7).byte(8).byte(0).byte(0).byte(0).byte(0).sized("under a new run");
    three.byte(lies ? 6 : 0).rest(lies ? "\x05" : "").byte(7).byte(0);  // what is signed
    three.byte(0).byte(0).byte(0).byte(1);  // nothing damaged; where it is cut
    seeds["segment"][lies ? "a_false_head_on_the_way" : "three_blocks"] = three.bytes();
  }
  Composer large;
  large.byte(1).byte(0).byte(7).byte(0).byte(0).byte(0).byte(31).u16(50'000);
  seeds["segment"]["a_large_block"] = large.byte(0).byte(0).byte(0).byte(0).byte(0).bytes();

  const Bytes text = R"({"collection":"cases","doc":{"medical":{"note":"headache since Monday"}}})";
  seeds["block"]["closed"] = Composer().byte(1).u64(5).byte(1).sized(text).byte(0).byte(0).bytes();
  seeds["block"]["packed"] =
      Composer().byte(2).u64(5).byte(1).byte(0).sized(text).byte(1).byte(0).bytes();
  seeds["block"]["raw"] =
      Composer().byte(2).u64(5).byte(0).byte(0).sized(Bytes("\0raw", 4)).byte(0).byte(0).bytes();
  seeds["block"]["run_header"] =
      Composer().byte(0).rest(log::encode(log::TestAuthor().run)).bytes();
}

void add_joint_pieces(Seeds& seeds) {
  const auto entry = [](Composer& to, bool starts_run, BytesView change) {
    to.byte(starts_run ? 3 : 0);
    if (starts_run) to.byte(1).byte(0);
    to.sized(change).byte(0).byte(1);
  };
  Composer two;
  two.byte(0).byte(0).byte(2);
  entry(two, true, "a change of a document");
  entry(two, false, "a change of another document");
  seeds["joint"]["two_changes"] = two.byte(0).byte(0).bytes();
  Composer damaged;
  damaged.byte(7).byte(1).byte(3);
  for (const char* change : {"one", "two", "three"}) entry(damaged, false, change);
  seeds["joint"]["damaged"] = damaged.byte(1).byte(0).byte(3).byte(9).byte(0).bytes();
}

void add_texts(Seeds& seeds) {
  const access::Invitation invitation{filled_with<SpaceId>(1), symmetric_key(2), 1'790'000'000'000};
  auto& texts = seeds["invitation"];
  texts["invitation"] = Composer().byte(0).rest(access::to_text(invitation)).bytes();
  texts["recovery"] = Composer().byte(0).rest(access::recovery_phrase(signing_key(3))).bytes();
  Composer payload;
  payload.byte(1).byte(1).rest(invitation.space.view()).rest(invitation.secret.view());
  texts["payload"] = payload.rest("\xff\x7f").bytes();
  texts["retyped"] =
      Composer().byte(2).byte(1).byte(2).u64(99).byte(2).byte(9).byte(0).byte(20).byte(4).bytes();
}

void add_rows(Seeds& seeds) {
  store::DocumentRecord record;
  record.apply({1, 17});
  record.apply({2, 4});
  auto& rows = seeds["store_tables"];
  rows["record"] = Composer().byte(0).rest(encode(record)).bytes();
  record.counted = true;
  record.checkpoint = "a state";
  rows["chunks"] = [record]() mutable {
    record.checkpoint.clear();
    record.generation = 3;
    record.checkpoint_bytes = 700'000;
    return Composer().byte(0).rest(encode(record)).bytes();
  }();
  rows["checkpoint"] = Composer().byte(0).rest(encode(record)).bytes();
  rows["block"] = Composer().byte(1).rest(store::encode(true, {}, "a block")).bytes();
  rows["key"] = Composer().byte(2).rest(store::document_key(3, {"cases", "one"})).bytes();
  rows["uuid_key"] =
      Composer()
          .byte(2)
          .rest(store::document_key(3, {"cases", "c2ce6f44-7ed4-457b-9e2f-eb89414c343c"}))
          .bytes();
  rows["table_as_it_was"] = Composer().byte(3).byte(0).byte(0).byte(0).byte(0).byte(0).bytes();
  rows["a_row_cut_off"] =
      Composer().byte(3).byte(0).byte(1).byte(0).byte(1).byte(4).u16(40).byte(0).bytes();
}

std::map<std::string, wire::Message> some_vectors() {
  using wire::message::Vectors;
  using Kind = Vectors::Kind;
  const auto tag = reconcile::tag(reconcile::session_key(filled_with<crypto::Hash>(1)),
                                  filled_with<CompartmentId>(0));
  const auto root = filled_with<wire::Root>(1);
  const wire::message::LogEntry held{filled_with<AuthorId>(167), 3, filled_with<wire::HeadTag>(7)};
  const wire::message::LogEntry missing{filled_with<AuthorId>(200), 0, {}};
  return {{"logs", Vectors{Kind::logs, true, false, false, {{tag, 0, {}, {}, {held}}}}},
          {"ranges", Vectors{Kind::logs, false, true, false, {{tag, 2, {}, {1, 2}, {held}}}}},
          {"summary", Vectors{Kind::summary, false, false, true, {{tag, 1, {root, root}, {}, {}}}}},
          {"differences",
           Vectors{Kind::differences, false, false, false, {{tag, 0, {}, {}, {held, missing}}}}},
          {"changes", Vectors{Kind::changes, false, false, true, {{tag, 0, {}, {}, {held}}}}},
          {"agreed", Vectors{Kind::agreed, false, false, false, {}}}};
}

void add_messages(Seeds& seeds) {
  using namespace wire::message;
  std::map<std::string, wire::Message> messages = some_vectors();
  const auto root = filled_with<wire::Root>(1);
  messages["hello"] = Hello{1, root, root, {}, false};
  messages["hello_that_opens"] = Hello{1, root, root, filled_with<wire::CheckpointTag>(3), true};
  messages["seal"] = Seal{log::TestAuthor().seal({{1, {}}})};
  messages["piece"] = Piece{3, false, 1, "a short seal", "entries"};
  messages["ack"] = Ack{{{3, 5, 4, false}, {4, 5, 5, true}}};
  messages["done"] = Done{true, root, 0};
  messages["welcome"] = Welcome{"certificate"};
  messages["proof"] = wire::message::Proof{"chain", {}};
  auto& inputs = seeds["reconcile"];
  for (const auto& [name, message] : messages) {
    inputs[name] = Composer().byte(0).rest(wire::encode(message)).bytes();
  }
}

/// Compartments 1 and 2 with so many logs that both held; five that grew, of each side.
Composer inventories(std::size_t logs) {
  Composer to;
  to.byte(1).byte(2).byte(1).byte(logs).byte(2).byte(logs / 2);
  for (const std::size_t side : {0u, 1u}) {
    to.byte(5);
    for (std::size_t i = 0; i < 5; ++i) to.byte(1 + i % 2).byte(3 + i * (side + 1)).byte(2 + side);
  }
  return to;
}

void add_inventories(Seeds& seeds) {
  auto& inputs = seeds["reconcile"];
  inputs["few_logs"] = inventories(4).byte(3).bytes();
  inputs["many_logs"] = inventories(200).byte(3).bytes();
  inputs["many_logs_damaged"] =
      inventories(200).byte(3).byte(0).byte(1).byte(0).u16(30).byte(0).byte(1).bytes();
  inputs["other_compartments"] = inventories(30).byte(7).byte(1).byte(3).bytes();
  inputs["changes_of_both"] = inventories(30).byte(0).byte(255).byte(9).bytes();
}

}  // namespace

void add_log_seeds(Seeds& seeds) {
  add_certificates(seeds);
  add_records(seeds);
  add_segments(seeds);
  add_joint_pieces(seeds);
  add_texts(seeds);
  add_rows(seeds);
  add_messages(seeds);
  add_inventories(seeds);
}

}  // namespace relais::fuzz
