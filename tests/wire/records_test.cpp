#include "wire/records.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "wire/sample.h"

namespace relais::wire {
namespace {

template <class Kind>
Kind record_round_trip(const Kind& record) {
  const auto decoded = decode_control_record(encode(ControlRecord(record)));
  EXPECT_TRUE(decoded);
  const Kind* kind = decoded ? std::get_if<Kind>(&*decoded) : nullptr;
  EXPECT_NE(kind, nullptr);
  return kind == nullptr ? Kind{} : *kind;
}

ErrorCode record_error(const ControlRecord& record) {
  const auto decoded = decode_control_record(encode(record));
  EXPECT_FALSE(decoded);
  return decoded ? ErrorCode::not_found : decoded.error().code();
}

CertificateBody sample_body() {
  CertificateBody body;
  body.space = counting_from<SpaceId>(1);
  body.signing_key = counting_from<crypto::SigningPublicKey>(2);
  body.noise_key = counting_from<crypto::DhPublicKey>(3);
  body.receiving_key = counting_from<crypto::DhPublicKey>(4);
  body.level = Level::supervisor;
  body.issuer = counting_from<crypto::SigningPublicKey>(5);
  body.issuer_author = counting_from<AuthorId>(6);
  body.issuer_seq = 7;
  body.not_after_ms = 1'900'000'000'000;
  body.device_signature = counting_from<crypto::Signature>(7);
  return body;
}

record::KeysSealed sealed_to(std::size_t devices, std::size_t box) {
  record::KeysSealed record;
  record.epoch = counting_from<EpochId>(1);
  for (std::size_t i = 0; i < devices; ++i) {
    record.copies.push_back({counting_from<DeviceId>(static_cast<uint8_t>(i)), Bytes(box, 'b')});
  }
  return record;
}

Citations citations(std::size_t heads) {
  Citations cited;
  for (std::size_t i = 0; i < heads; ++i) {
    cited.push_back({counting_from<AuthorId>(4), i + 1, counting_from<crypto::Hash>(5)});
  }
  return cited;
}

/// Ascending ids.
std::vector<DeviceId> rising(std::size_t count) {
  std::vector<DeviceId> devices(count);
  for (std::size_t i = 0; i < count; ++i) {
    devices[i].bytes[0] = static_cast<std::uint8_t>(i >> 8);
    devices[i].bytes[1] = static_cast<std::uint8_t>(i);
  }
  return devices;
}

record::EpochMade made_for(std::size_t devices, std::size_t parts) {
  record::EpochMade record;
  record.devices = rising(devices);
  for (std::size_t i = 0; i < parts; ++i) {
    record.parts.push_back({counting_from<CompartmentId>(1), counting_from<crypto::Hash>(3),
                            Bytes((devices + 7) / 8, '\5')});
  }
  return record;
}

record::EpochMade citing(std::size_t heads) {
  record::EpochMade record = made_for(3, 2);
  record.cited = citations(heads);
  return record;
}

TEST(CertificateBody, ComesBackAsItWas) {
  const CertificateBody body = sample_body();
  const auto decoded = decode_certificate_body(encode(body));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->space, body.space);
  EXPECT_EQ(decoded->signing_key, body.signing_key);
  EXPECT_EQ(decoded->noise_key, body.noise_key);
  EXPECT_EQ(decoded->receiving_key, body.receiving_key);
  EXPECT_EQ(decoded->level, Level::supervisor);
  EXPECT_EQ(decoded->issuer, body.issuer);
  EXPECT_EQ(decoded->issuer_author, body.issuer_author);
  EXPECT_EQ(decoded->issuer_seq, 7u);
  EXPECT_EQ(decoded->not_after_ms, body.not_after_ms);
  EXPECT_EQ(decoded->device_signature, body.device_signature);
}

TEST(CertificateBody, ALevelBelowCourierIsRefused) {
  CertificateBody body = sample_body();
  body.level = Level::courier;
  EXPECT_TRUE(decode_certificate_body(encode(body)));
  body.level = static_cast<Level>(5);
  EXPECT_FALSE(decode_certificate_body(encode(body)));
}

TEST(CertificateBody, AnEndBeforeTheEpochIsRefused) {
  CertificateBody body = sample_body();
  body.not_after_ms = -1;
  EXPECT_FALSE(decode_certificate_body(encode(body)));
}

TEST(CertificateBody, OfANewerVersionSaysSo) {
  Bytes bytes = encode(sample_body());
  ASSERT_EQ(bytes.substr(0, 2), Bytes("\x08\x01", 2));
  bytes[1] = 2;
  const auto decoded = decode_certificate_body(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), ErrorCode::unsupported_version);
  EXPECT_EQ(decoded.error().message(),
            "A certificate was made by a newer version of Relais: update this device.");
}

TEST(Certificate, ChainsOfFiveFitTheirLimit) {
  const Bytes encoded = encode(Certificate{encode(sample_body()), {}});
  EXPECT_LE(encoded.size(), limits::kCertificateBytes);
  EXPECT_LE(limits::kCertificateChainLength * (encoded.size() + 4), limits::kCertificateChainBytes);
}

TEST(Certificate, IsReadUpToItsLimitAndNotBeyond) {
  Certificate certificate{Bytes(limits::kCertificateBytes - 3 - 66, 'b'), {}};
  ASSERT_EQ(encode(certificate).size(), limits::kCertificateBytes);
  const auto decoded = decode_certificate(encode(certificate));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->body, certificate.body);
  certificate.body.push_back('b');
  const auto refused = decode_certificate(encode(certificate));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
}

TEST(ControlRecord, EveryKindComesBackAsItWas) {
  const auto root_key = counting_from<crypto::SigningPublicKey>(1);
  const auto created =
      record_round_trip(record::SpaceCreated{root_key, counting_from<Id<record::NonceTag, 16>>(2)});
  EXPECT_EQ(created.root_key, root_key);
  EXPECT_EQ(created.nonce.data()[15], 17);
  EXPECT_EQ(record_round_trip(record::MemberAdded{"certificate"}).certificate, "certificate");
  const auto compartment = record_round_trip(record::CompartmentCreated{"zone", "medical"});
  EXPECT_EQ(compartment.scope, "zone");
  EXPECT_EQ(compartment.label, "medical");
  const auto mapped = record_round_trip(record::SectionMapped{"cases", "legal", "law"});
  EXPECT_EQ(mapped.collection, "cases");
  EXPECT_EQ(mapped.section, "legal");
  EXPECT_EQ(mapped.label, "law");
  EXPECT_EQ(record_round_trip(record::SectionMapped{"", "", ""}).collection, "");
  const auto granted = record_round_trip(record::RightsGranted{
      counting_from<DeviceId>(1), counting_from<CompartmentId>(2), kRead | kGrant});
  EXPECT_EQ(granted.device, counting_from<DeviceId>(1));
  EXPECT_EQ(granted.compartment, counting_from<CompartmentId>(2));
  EXPECT_EQ(granted.rights, 5u);
}

TEST(ControlRecord, EpochsAndTheirKeysComeBackAsTheyWere) {
  const auto made = record_round_trip(citing(2));
  EXPECT_EQ(made.cited, citations(2));
  EXPECT_EQ(made.devices, rising(3));
  ASSERT_EQ(made.parts.size(), 2u);
  EXPECT_EQ(made.parts[1].compartment, counting_from<CompartmentId>(1));
  EXPECT_EQ(made.parts[1].commitment, counting_from<crypto::Hash>(3));
  EXPECT_EQ(made.parts[1].recipients, "\5");
  record::EpochMade proven = citing(0);
  proven.over_limit = rising(2);
  EXPECT_EQ(record_round_trip(proven).over_limit, rising(2));
  const auto sealed = record_round_trip(sealed_to(3, 80));
  EXPECT_EQ(sealed.epoch, counting_from<EpochId>(1));
  ASSERT_EQ(sealed.copies.size(), 3u);
  EXPECT_EQ(sealed.copies[2].device, counting_from<DeviceId>(2));
  EXPECT_EQ(sealed.copies[2].box, Bytes(80, 'b'));
}

TEST(ControlRecord, CitationsComeBackAsTheyWere) {
  EXPECT_EQ(record_round_trip(record::MemberAdded{"certificate", citations(2)}).cited,
            citations(2));
  EXPECT_EQ(record_round_trip(record::SectionMapped{"cases", "legal", "law", citations(2)}).cited,
            citations(2));
  const auto allowed = record_round_trip(record::AuthorsAllowed{counting_from<DeviceId>(1), 100});
  EXPECT_EQ(allowed.device, counting_from<DeviceId>(1));
  EXPECT_EQ(allowed.authors, 100u);
}

TEST(ControlRecord, DevicesThatDoNotRiseAndBitsOfAnotherNumberAreRefused) {
  record::EpochMade twice = made_for(2, 1);
  twice.devices[1] = twice.devices[0];
  EXPECT_EQ(record_error(twice), ErrorCode::corrupt);
  record::EpochMade falling = made_for(2, 1);
  std::swap(falling.devices[0], falling.devices[1]);
  EXPECT_EQ(record_error(falling), ErrorCode::corrupt);
  for (const std::size_t size : {0u, 2u}) {
    record::EpochMade bits = made_for(8, 1);
    bits.parts[0].recipients = Bytes(size, '\1');
    EXPECT_EQ(record_error(bits), ErrorCode::corrupt);
  }
}

TEST(ControlRecord, OfAKindNotKnownHereIsKept) {
  const auto decoded = decode_control_record(Bytes("\x7a\x03new", 5));  // field 15
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(std::holds_alternative<record::Unknown>(*decoded));
}

TEST(ControlRecord, WithNothingInItIsRefused) {
  EXPECT_FALSE(decode_control_record(""));
  EXPECT_TRUE(encode(ControlRecord(record::Unknown{})).empty());
}

TEST(ControlRecord, NamesAreTakenUpToTheirLimits) {
  const auto text = [](std::size_t size) { return std::string(size, 't'); };
  using limits::kCollectionBytes, limits::kLabelBytes, limits::kPathStepBytes, limits::kScopeBytes;
  record_round_trip(record::CompartmentCreated{text(kScopeBytes), text(kLabelBytes)});
  record_round_trip(
      record::SectionMapped{text(kCollectionBytes), text(kPathStepBytes), text(kLabelBytes)});
  for (const ControlRecord& record : {
           ControlRecord(record::CompartmentCreated{text(kScopeBytes + 1), ""}),
           ControlRecord(record::CompartmentCreated{"", text(kLabelBytes + 1)}),
           ControlRecord(record::SectionMapped{text(kCollectionBytes + 1), "", ""}),
           ControlRecord(record::SectionMapped{"", text(kPathStepBytes + 1), ""}),
           ControlRecord(record::SectionMapped{"", "", text(kLabelBytes + 1)}),
       }) {
    EXPECT_EQ(record_error(record), ErrorCode::limit_exceeded);
  }
}

TEST(ControlRecord, CertificatesAndBoxesAreTakenUpToTheirLimits) {
  record_round_trip(record::MemberAdded{Bytes(limits::kCertificateBytes, 'c')});
  EXPECT_EQ(record_error(record::MemberAdded{Bytes(limits::kCertificateBytes + 1, 'c')}),
            ErrorCode::limit_exceeded);
  record_round_trip(sealed_to(1, limits::kSealedKeyBytes));
  EXPECT_EQ(record_error(sealed_to(1, limits::kSealedKeyBytes + 1)), ErrorCode::limit_exceeded);
}

TEST(ControlRecord, ListsAreTakenUpToTheirLimits) {
  EXPECT_EQ(record_round_trip(sealed_to(limits::kEpochRecipients, 0)).copies.size(),
            limits::kEpochRecipients);
  EXPECT_EQ(record_error(sealed_to(limits::kEpochRecipients + 1, 0)), ErrorCode::limit_exceeded);
  EXPECT_EQ(record_round_trip(citing(limits::kCitedHeads)).cited.size(), limits::kCitedHeads);
  EXPECT_EQ(record_error(citing(limits::kCitedHeads + 1)), ErrorCode::limit_exceeded);
  EXPECT_EQ(record_error(record::MemberAdded{"c", citations(limits::kCitedHeads + 1)}),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(record_round_trip(made_for(limits::kEpochRecipients, 1)).devices.size(),
            limits::kEpochRecipients);
  EXPECT_EQ(record_error(made_for(limits::kEpochRecipients + 1, 1)), ErrorCode::limit_exceeded);
  EXPECT_EQ(record_round_trip(made_for(1, limits::kEpochParts)).parts.size(), limits::kEpochParts);
  EXPECT_EQ(record_error(made_for(1, limits::kEpochParts + 1)), ErrorCode::limit_exceeded);
}

TEST(ControlRecord, IsReadUpToItsLimitAndNotBeyond) {
  Bytes padded = encode(ControlRecord(record::CompartmentCreated{"zone", "label"}));
  const std::size_t filler = limits::kControlRecordBytes - padded.size() - 4;
  padded.append("\x7a\xed\xff\x03").append(filler, 'x');  // field 15: 65517 bytes
  ASSERT_EQ(filler, 65517u);
  ASSERT_EQ(padded.size(), limits::kControlRecordBytes);
  EXPECT_TRUE(decode_control_record(padded));
  const auto refused = decode_control_record(padded + "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
}

TEST(ControlRecord, NamesThatArentUtf8AreRefused) {
  const std::string bad = "\xc3(";
  for (const ControlRecord& record : {ControlRecord(record::CompartmentCreated{bad, ""}),
                                      ControlRecord(record::CompartmentCreated{"", bad}),
                                      ControlRecord(record::SectionMapped{bad, "", ""}),
                                      ControlRecord(record::SectionMapped{"", bad, ""}),
                                      ControlRecord(record::SectionMapped{"", "", bad})}) {
    EXPECT_EQ(record_error(record), ErrorCode::corrupt);
  }
  EXPECT_EQ(record_round_trip(record::CompartmentCreated{"Харків", "طبي"}).scope, "Харків");
}

TEST(ControlRecord, DamageNeverCrashes) {
  const Bytes kinds[] = {encode(ControlRecord(citing(2))), encode(ControlRecord(sealed_to(2, 80))),
                         encode(ControlRecord(record::SectionMapped{"cases", "legal", "law"}))};
  std::size_t refused = 0;
  for (const Bytes& good : kinds) {
    each_damaged(good, [&](const Bytes& bytes) { refused += !decode_control_record(bytes); });
  }
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace relais::wire
