// Control records of four authors, well-formed and not, in their logs: what decodes encodes to the
// same again, and the membership is the same in any order. docs/spec/access.md.
#include <algorithm>

#include "access/keyring.h"
#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_space.h"

namespace relais::fuzz {
namespace {

namespace record = wire::record;
using access::Membership;
using access::PlacedRecord;

CompartmentId compartment_of(std::uint8_t number) {
  if (number == 0) return log::control_compartment(test_space());
  return log::compartment_id(test_space(), "", std::string(1, static_cast<char>('a' + number)));
}

std::uint8_t actor(Input& input) { return static_cast<std::uint8_t>(input.below(kActors)); }
std::uint8_t place(Input& input) { return static_cast<std::uint8_t>(input.below(4)); }

record::EpochMade make_epoch(Input& input) {
  record::EpochMade made;
  const std::uint8_t number = place(input);
  made.compartment = compartment_of(number);
  made.commitment = access::commitment(symmetric_key(number), compartment_of(place(input)));
  made.epoch = access::epoch_id(made.commitment);
  for (std::size_t i = input.below(4); i > 0; --i) {
    made.cited.push_back({author_of(actor(input)), input.u64(), filled_with<crypto::Hash>(1)});
  }
  return made;
}

record::KeysSealed seal_keys(Input& input) {
  SeededRandom random(7);
  const std::uint8_t number = place(input);
  record::KeysSealed sealed;
  sealed.epoch =
      access::epoch_id(access::commitment(symmetric_key(number), compartment_of(number)));
  for (std::size_t i = input.below(4); i > 0; --i) {
    const std::uint8_t to = actor(input);
    Bytes box = input.chance() ? crypto::seal_to(random, keys_of(to).receiving.public_key,
                                                 symmetric_key(place(input)).view())
                               : Bytes(input.sized());
    sealed.copies.push_back({device_of(to), std::move(box)});
  }
  return sealed;
}

wire::ControlRecord make_record(Input& input, std::uint8_t author, std::uint64_t seq) {
  switch (input.below(6)) {
    case 0: {
      const std::uint8_t subject = actor(input);
      auto body = certificate_body(author, seq, subject, static_cast<wire::Level>(input.below(5)));
      body.not_after_ms = input.byte();
      Bytes encoded = wire::encode(body);
      mutate(input, encoded);
      return record::MemberAdded{signed_by(author, encoded)};
    }
    case 1:
      if (input.chance()) return record::CompartmentCreated{"", std::string(1, 'b')};
      return record::CompartmentCreated{std::string(input.sized()), std::string(input.sized())};
    case 2:
      return record::SectionMapped{std::string(input.sized()), std::string(input.sized()),
                                   std::string(input.sized())};
    case 3:
      return record::RightsGranted{device_of(actor(input)), compartment_of(place(input)),
                                   input.byte()};
    case 4: return make_epoch(input);
    default: return seal_keys(input);
  }
}

/// A record as it comes out of a log; nothing if it doesn't decode.
std::optional<wire::ControlRecord> take_record(Input& input, std::uint8_t author,
                                               std::uint64_t seq) {
  const bool raw = input.below(4) == 3;
  Bytes bytes = raw ? Bytes(input.sized()) : wire::encode(make_record(input, author, seq));
  const bool as_written = !raw && !mutate(input, bytes);
  const auto decoded = wire::decode_control_record(bytes);
  if (!decoded) {
    check_error(decoded.error());
    return std::nullopt;
  }
  const Bytes again = wire::encode(*decoded);
  RELAIS_CHECK(!as_written || again == bytes);
  if (std::holds_alternative<record::Unknown>(*decoded)) {
    RELAIS_CHECK(again.empty());
  } else {
    const auto twice = wire::decode_control_record(again);
    RELAIS_CHECK(twice && wire::encode(*twice) == again);
  }
  return *decoded;
}

Membership derive(const std::vector<PlacedRecord>& records,
                  access::VerifiedCertificates* verified = nullptr) {
  return Membership::derive(test_space(), first_record(), authors(), records, verified).value();
}

/// What no set of records may lead to.
void check_rules(const Membership& membership) {
  for (const auto& [id, device] : membership.devices()) {
    const access::Device* issuer = membership.device_of(device.issuer);
    RELAIS_CHECK(issuer != nullptr || device.issuer == membership.root_key());
    const wire::Level above = issuer != nullptr ? issuer->level : wire::Level::root;
    RELAIS_CHECK(above < device.level && above <= wire::Level::owner);
    const auto chain = access::certificate_chain(membership, id);
    RELAIS_CHECK(chain && access::verify_chain(*chain, membership, device.noise_key, WallTime{0}));
    const bool rules = device.level <= wire::Level::owner;
    RELAIS_CHECK(membership.may_write(device.signing_key, membership.control()) == rules);
  }
  for (std::uint8_t i = 0; i < kActors; ++i) {
    const auto keyring = access::Keyring::open(membership, device_of(i), keys_of(i).receiving);
    RELAIS_CHECK(keyring.mesh_keys(membership).size() <= limits::kMeshKeys);
    for (const auto& [id, epoch] : membership.epochs()) {
      const crypto::SymmetricKey* key = keyring.key(id);
      RELAIS_CHECK(key == nullptr ||
                   access::commitment(*key, epoch.compartment) == epoch.commitment);
    }
    for (const access::Compartment& compartment : membership.compartments()) {
      const access::Epoch* current = keyring.current(membership, compartment.id);
      RELAIS_CHECK(current == nullptr || current->compartment == compartment.id);
    }
  }
}

}  // namespace

void run(Input& input) {
  std::vector<PlacedRecord> records;
  if (input.chance()) records = founding_records();
  std::map<std::uint8_t, std::uint64_t> next = {{0, 3}, {1, 3}};
  const std::uint8_t turn = input.byte();
  while (!input.empty() && records.size() < 64) {
    const auto author = static_cast<std::uint8_t>(input.below(4));
    const std::uint64_t seq = next[author] == 0 ? 1 : next[author];
    next[author] = seq + 1;
    const auto decoded = take_record(input, author, seq);
    if (decoded) records.push_back({author_of(author), seq, *decoded});
  }
  const Membership membership = derive(records);
  check_rules(membership);

  std::vector<PlacedRecord> otherwise = records;
  if (!records.empty()) {
    const auto at = static_cast<std::ptrdiff_t>(turn % records.size());
    std::rotate(otherwise.begin(), otherwise.begin() + at, otherwise.end());
    otherwise.insert(otherwise.end(), records.begin(), records.begin() + at);
  }
  access::VerifiedCertificates verified;
  RELAIS_CHECK(derive(otherwise, &verified).canonical() == membership.canonical());
  std::reverse(otherwise.begin(), otherwise.end());
  const Membership again = derive(otherwise, &verified);
  RELAIS_CHECK(again.canonical() == membership.canonical());
  RELAIS_CHECK(again.tally() == membership.tally());
}

}  // namespace relais::fuzz
