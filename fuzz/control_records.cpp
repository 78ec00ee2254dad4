// Control records of four authors, well-formed and not, in their logs: what decodes encodes to the
// same bytes, and the membership is the same in any order. docs/spec/access.md.
#include <algorithm>
#include <map>
#include <set>

#include "access/keyring.h"
#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_space.h"

namespace relais::fuzz {
namespace {

namespace record = wire::record;
using access::LocatedRecord;
using access::Membership;

CompartmentId compartment_of(std::uint8_t number) {
  if (number == 0) return log::control_compartment(test_space());
  return log::compartment_id(test_space(), "", std::string(1, static_cast<char>('a' + number)));
}

std::uint8_t actor(Input& input) { return static_cast<std::uint8_t>(input.below(kActors)); }
std::uint8_t place(Input& input) { return static_cast<std::uint8_t>(input.below(4)); }

wire::Citations make_citations(Input& input) {
  wire::Citations cited;
  for (std::size_t i = input.below(4); i > 0; --i) {
    const std::uint8_t author = actor(input);
    const std::uint64_t seq = 1 + input.below(16);
    const bool held = input.chance();
    cited.push_back(
        {author_of(author), seq, held ? hash_of_place(author, seq) : filled_with<crypto::Hash>(1)});
  }
  return cited;
}

record::EpochMade make_epoch(Input& input) {
  record::EpochMade made;
  made.cited = make_citations(input);
  std::set<DeviceId> devices;
  for (std::size_t i = input.below(4); i > 0; --i) devices.insert(device_of(actor(input)));
  made.devices.assign(devices.begin(), devices.end());
  for (std::size_t i = input.below(4); i > 0; --i) {
    const std::uint8_t number = place(input);
    made.parts.push_back({compartment_of(number),
                          access::commitment(symmetric_key(number), compartment_of(place(input))),
                          Bytes((made.devices.size() + 7) / 8, static_cast<char>(input.byte()))});
  }
  if (input.chance()) made.over_limit = {device_of(actor(input))};
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
    Bytes box = input.chance() ? crypto::seal_to(crypto::make_dh_key_pair(random),
                                                 keys_of(to).receiving.public_key,
                                                 symmetric_key(place(input)).view())
                               : Bytes(input.sized());
    sealed.copies.push_back({device_of(to), std::move(box)});
  }
  return sealed;
}

wire::ControlRecord make_record(Input& input, std::uint8_t author, std::uint64_t seq) {
  switch (input.below(7)) {
    case 0: {
      const std::uint8_t subject = actor(input);
      auto body = certificate_body(author, seq, subject, static_cast<wire::Level>(input.below(5)));
      body.not_after_ms = input.byte();
      Bytes encoded = wire::encode(body);
      mutate(input, encoded);
      return record::MemberAdded{signed_by(author, encoded), make_citations(input)};
    }
    case 1:
      if (input.chance()) return record::CompartmentCreated{"", std::string(1, 'b')};
      return record::CompartmentCreated{std::string(input.sized()), std::string(input.sized())};
    case 2:
      return record::SectionMapped{std::string(input.sized()), std::string(input.sized()),
                                   std::string(input.sized()), make_citations(input),
                                   input.chance()};
    case 3:
      return record::RightsGranted{device_of(actor(input)), compartment_of(place(input)),
                                   input.byte()};
    case 4: return make_epoch(input);
    case 5: return record::AuthorsAllowed{device_of(actor(input)), input.byte()};
    default: return seal_keys(input);
  }
}

/// A record as decoded from a log; of unknown kind if it does not decode.
wire::ControlRecord take_record(Input& input, std::uint8_t author, std::uint64_t seq) {
  const bool raw = input.below(4) == 3;
  Bytes bytes = raw ? Bytes(input.sized()) : wire::encode(make_record(input, author, seq));
  const bool as_written = !raw && !mutate(input, bytes);
  const auto decoded = wire::decode_control_record(bytes);
  if (!decoded) {
    check_error(decoded.error());
    return record::Unknown{};
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

Membership derive(const std::vector<LocatedRecord>& records) {
  return Membership::derive(test_space(), first_record(), authors(), records).value();
}

/// Invariants of every membership.
void check_rules(const Membership& membership) {
  for (const auto& [id, device] : membership.devices()) {
    const access::Device* issuer = membership.device_of(device.issuer);
    RELAIS_CHECK(issuer != nullptr || device.issuer == membership.root_key());
    const wire::Level above = issuer != nullptr ? issuer->level : wire::Level::root;
    RELAIS_CHECK(above < device.level && above <= wire::Level::supervisor);
    const auto chain = access::certificate_chain(membership, id);
    RELAIS_CHECK(chain);
    const auto peer = access::verify_chain(*chain, membership, device.noise_key, WallTime{0});
    RELAIS_CHECK(peer.has_value() == !device.keys_clash);
    const bool rules = device.level <= wire::Level::supervisor;
    RELAIS_CHECK(membership.may_write(device.signing_key, membership.control()) == rules);
  }
  for (std::uint8_t i = 0; i < kActors; ++i) {
    const auto keyring = access::Keyring::open(membership, device_of(i), keys_of(i).receiving);
    const auto mesh = keyring.mesh_keys(membership);
    RELAIS_CHECK(mesh.current.size() + mesh.old.size() ==
                 keyring.held(membership, membership.control()).size());
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
  std::vector<LocatedRecord> records;
  std::map<std::uint8_t, std::uint64_t> next;
  if (input.chance()) {
    records = founding_records();
    next = {{0, 3}, {1, 3}};
  }
  const std::uint8_t turn = input.byte();
  while (!input.empty() && records.size() < 64) {
    const auto author = static_cast<std::uint8_t>(input.below(4));
    const std::uint64_t seq = next[author] == 0 ? 1 : next[author];
    next[author] = seq + 1;
    records.push_back(placed(author, seq, take_record(input, author, seq)));
  }
  const Membership membership = derive(records);
  check_rules(membership);

  std::vector<LocatedRecord> otherwise = records;
  if (!records.empty()) {
    const auto at = static_cast<std::ptrdiff_t>(turn % records.size());
    std::rotate(otherwise.begin(), otherwise.begin() + at, otherwise.end());
    otherwise.insert(otherwise.end(), records.begin(), records.begin() + at);
  }
  RELAIS_CHECK(derive(otherwise).canonical() == membership.canonical());
  std::reverse(otherwise.begin(), otherwise.end());
  const Membership again = derive(otherwise);
  RELAIS_CHECK(again.canonical() == membership.canonical());
  RELAIS_CHECK(again.tally() == membership.tally());
}

}  // namespace relais::fuzz
