#include "access/small_space.h"

#include <cstring>

#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access::test {

SeededRandom::SeededRandom(std::uint64_t seed) {
  RELAIS_CHECK(crypto::initialise());
  put_u64(seed_, seed);
}

void SeededRandom::fill(std::uint8_t* out, std::size_t size) {
  while (size > 0) {
    Bytes count;
    put_u64(count, count_++);
    const crypto::Hash hash = crypto::hash("test random", {seed_, count});
    const std::size_t some = std::min(size, hash.size());
    std::memcpy(out, hash.data(), some);
    out += some;
    size -= some;
  }
}

std::size_t SeededRandom::below(std::size_t end) {
  const Bytes drawn = bytes(8);
  return static_cast<std::size_t>(Reader(drawn).u64() % end);
}

SmallSpace::SmallSpace(std::uint64_t seed) : random(seed) {
  const DeviceKeys first = make_device_keys(random);
  founding = found_space(random, first);
  DeviceKeys root_keys = make_device_keys(random);
  root_keys.signing = founding.root;
  root_ = &enrol(root_keys, founding.root_instance);
  owner_ = &enrol(first, random.draw<log::Instance>());
  write_all(*root_, founding.root_records);
}

Actor& SmallSpace::enrol(DeviceKeys keys, const log::Instance& instance) {
  Actor& actor = actors_.emplace_back();
  actor.keys = std::move(keys);
  actor.instance = instance;
  actor.author = log::author_id(actor.keys.signing.public_key, instance);
  authors.emplace(actor.author, actor.keys.signing.public_key);
  return actor;
}

Actor& SmallSpace::stranger() {
  return enrol(make_device_keys(random), random.draw<log::Instance>());
}

void SmallSpace::write(Actor& author, wire::ControlRecord record) {
  Bytes place;
  put_u64(place, author.next_seq);
  author.head = crypto::hash(
      "test place", {author.head.view(), author.author.view(), place, wire::encode(record)});
  records.push_back({author.author, author.next_seq++, author.head, std::move(record)});
}

Actor& SmallSpace::again(const Actor& device) {
  return enrol(device.keys, random.draw<log::Instance>());
}

NewEpochs SmallSpace::epoch(const CompartmentId& compartment, const CitedHeads& cited) {
  return make_epochs(random, membership(), {compartment}, cited);
}

void SmallSpace::write_epochs(Actor& author, NewEpochs epochs) {
  std::vector<wire::ControlRecord> some;
  append(some, std::move(epochs));
  write_all(author, std::move(some));
}

void SmallSpace::write_all(Actor& author, std::vector<wire::ControlRecord> some) {
  for (auto& record : some) write(author, std::move(record));
}

wire::CertificateBody SmallSpace::body(const Actor& issuer, const Actor& subject,
                                       Level level) const {
  wire::CertificateBody body =
      certificate_body(make_join_request(subject.keys, founding.space), founding.space);
  body.level = level;
  body.issuer = issuer.keys.signing.public_key;
  body.issuer_author = issuer.author;
  body.issuer_seq = issuer.next_seq;
  return body;
}

wire::record::MemberAdded SmallSpace::added(const Actor& issuer,
                                            const wire::CertificateBody& body) const {
  return {wire::encode(sign_certificate(body, issuer.keys.signing.secret_key))};
}

Actor& SmallSpace::add(Actor& issuer, Level level) {
  Actor& subject = stranger();
  write(issuer, added(issuer, body(issuer, subject, level)));
  return subject;
}

CompartmentId SmallSpace::create(Actor& author, const std::string& scope,
                                 const std::string& label) {
  write(author, wire::record::CompartmentCreated{scope, label});
  return log::compartment_id(founding.space, scope, label);
}

Membership SmallSpace::membership_of(const std::vector<LocatedRecord>& some) const {
  auto derived = Membership::derive(founding.space, founding.first_record, authors, some);
  RELAIS_CHECK(derived.has_value());
  return std::move(derived).value();
}

Bytes longest_first_record(Bytes first) {
  const std::size_t filler = limits::kFirstRecordBytes - first.size() - 3;
  first += "\x7a";  // an unknown field, from a newer version
  put_varint(first, filler);
  return first.append(filler, 'x');
}

}  // namespace relais::access::test
