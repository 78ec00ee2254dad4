#include "support/golden.h"

#include <gtest/gtest.h>

#include "wire/messages.h"
#include "wire/records.h"
#include "wire/sample.h"
#include "wire/seal.h"

namespace relais::wire {
namespace {

using testing::Golden;

TEST(GoldenWire, SealsAreMadeAndReadAsInVersion1) {
  Golden golden("seal.txt");
  const Seal seal{
      {counting_from<CompartmentId>(0x30),
       counting_from<crypto::SigningPublicKey>(0x40),
       counting_from<Id<InstanceTag, 16>>(0x60),
       {{1, counting_from<crypto::Hash>(0x70)}, {300, counting_from<crypto::Hash>(0x90)}}},
      counting_from<crypto::Signature>(0xb0)};
  const auto decoded = decode_seal(golden.expect("seal", encode(seal)));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode(*decoded), golden.bytes("seal"));
  golden.expect("signed", signed_bytes(counting_from<SpaceId>(0x10), seal.header));
}

TEST(GoldenWire, CertificatesAreMadeAndReadAsInVersion1) {
  Golden golden("certificate.txt");
  CertificateBody body;
  body.space = counting_from<SpaceId>(0x10);
  body.signing_key = counting_from<crypto::SigningPublicKey>(0x20);
  body.noise_key = counting_from<crypto::DhPublicKey>(0x30);
  body.receiving_key = counting_from<crypto::DhPublicKey>(0x40);
  body.level = Level::owner;
  body.issuer = counting_from<crypto::SigningPublicKey>(0x50);
  body.issuer_author = counting_from<AuthorId>(0x60);
  body.issuer_seq = 2;
  body.not_after_ms = 1'900'000'000'000;
  body.device_signature = counting_from<crypto::Signature>(0x80);
  const auto decoded = decode_certificate_body(golden.expect("body", encode(body)));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode(*decoded), golden.bytes("body"));
  const Certificate certificate{encode(body), counting_from<crypto::Signature>(0x70)};
  const auto whole = decode_certificate(golden.expect("certificate", encode(certificate)));
  ASSERT_TRUE(whole);
  EXPECT_EQ(encode(*whole), golden.bytes("certificate"));
}

TEST(GoldenWire, RecordsAreMadeAndReadAsInVersion1) {
  Golden golden("records.txt");
  const auto compartment = counting_from<CompartmentId>(0x10);
  const auto epoch = counting_from<EpochId>(0x20);
  const Citations cited = {{counting_from<AuthorId>(0x90), 5, counting_from<crypto::Hash>(0xa0)}};
  const std::pair<const char*, ControlRecord> records[] = {
      {"space_created", record::SpaceCreated{counting_from<crypto::SigningPublicKey>(0x30),
                                             counting_from<Id<record::NonceTag, 16>>(0x50)}},
      {"member_added", record::MemberAdded{"a certificate", cited}},
      {"compartment_created", record::CompartmentCreated{"zone", "medical"}},
      {"section_mapped", record::SectionMapped{"cases", "legal", "law", cited}},
      {"collection_closed", record::SectionMapped{"cases", "", "medical", {}, true}},
      {"rights_granted",
       record::RightsGranted{counting_from<DeviceId>(0x60), compartment, kRead | kWrite}},
      {"epoch_made",
       record::EpochMade{cited,
                         {counting_from<DeviceId>(0x10), counting_from<DeviceId>(0x20)},
                         {{compartment, counting_from<crypto::Hash>(0x70), "\x02"}},
                         {counting_from<DeviceId>(0x20)}}},
      {"keys_sealed", record::KeysSealed{epoch, {{counting_from<DeviceId>(0xc0), Bytes(80, 'b')}}}},
      {"authors_allowed", record::AuthorsAllowed{counting_from<DeviceId>(0x60), 100}},
  };
  for (const auto& [name, record] : records) {
    const auto decoded = decode_control_record(golden.expect(name, encode(record)));
    ASSERT_TRUE(decoded) << name;
    EXPECT_EQ(decoded->index(), record.index()) << name;
    EXPECT_EQ(encode(*decoded), golden.bytes(name)) << name;
  }
}

TEST(GoldenWire, MessagesAreMadeAndReadAsInVersion1) {
  Golden golden("messages.txt");
  using Kind = message::Vectors::Kind;
  const auto tag = counting_from<CompartmentTag8>(0x30);
  const auto root = counting_from<Root>(0x40);
  const auto other_root = counting_from<Root>(0x50);
  const auto checkpoint = counting_from<CheckpointTag>(0x58);
  const message::LogEntry held{counting_from<AuthorId>(0x20), 300, counting_from<HeadTag>(0x01)};
  const message::LogEntry missing{counting_from<AuthorId>(0x21), 0, {}};
  const std::pair<const char*, Message> messages[] = {
      {"hello", message::Hello{1, root, other_root, {}, false}},
      {"hello_that_opens", message::Hello{1, root, other_root, checkpoint, true}},
      {"logs", message::Vectors{Kind::logs, true, false, false, {{tag, 0, {}, {}, {held}}}}},
      {"page", message::Vectors{Kind::logs, false, true, false, {{tag, 8, {}, {2, 200}, {held}}}}},
      {"summary",
       message::Vectors{Kind::summary,
                        false,
                        false,
                        true,
                        {{tag, 1, {root, other_root}, {}, {}}, {tag, 0, {root}, {}, {}}}}},
      {"differences",
       message::Vectors{
           Kind::differences, true, false, false, {{tag, 0, {}, {}, {held, missing}}}}},
      {"changes", message::Vectors{Kind::changes, false, false, true, {{tag, 0, {}, {}, {held}}}}},
      {"agreed", message::Vectors{Kind::agreed, false, false, false, {}}},
      {"seal", message::Seal{"a seal"}},
      {"piece", message::Piece{5, false, 300, "a short seal", "entries"}},
      {"early_piece", message::Piece{0, true, 300, "", "entries"}},
      {"joint_piece", message::Piece{6, false, 1, "", "changes", true}},
      {"ack", message::Ack{{{5, 400, 300, false}, {6, 7, 7, true}, {7, 8, 0, false, true}}}},
      {"done", message::Done{true, root, 0}},
      {"welcome", message::Welcome{"a certificate"}},
      {"proof", message::Proof{"a chain", counting_from<crypto::Signature>(0x60)}},
  };
  for (const auto& [name, message] : messages) {
    const auto decoded = decode_message(golden.expect(name, encode(message)));
    ASSERT_TRUE(decoded) << name;
    EXPECT_EQ(decoded->index(), message.index()) << name;
    EXPECT_EQ(encode(*decoded), golden.bytes(name)) << name;
  }
}

}  // namespace
}  // namespace relais::wire
