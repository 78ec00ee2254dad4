#include <algorithm>
#include <tuple>

#include "access/certificate.h"
#include "access/derivation.h"

/// Derivation: devices. docs/spec/access.md, "Certificates that count".
namespace relais::access {
namespace {

std::optional<wire::CertificateBody> body_of(const wire::record::MemberAdded& added) {
  const auto certificate = wire::decode_certificate(added.certificate);
  if (!certificate) return std::nullopt;
  auto body = wire::decode_certificate_body(certificate->body);
  if (!body) return std::nullopt;
  return *std::move(body);
}

bool same_keys(const wire::CertificateBody& a, const wire::CertificateBody& b) {
  return a.noise_key == b.noise_key && a.receiving_key == b.receiving_key;
}

/// The earlier of two expiries; 0 is none.
std::int64_t earlier(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

bool is_later(std::int64_t end, std::int64_t than) { return than != 0 && (end == 0 || end > than); }

}  // namespace

/// Finds the devices certified with different keys, at any level. Only for these is the device's
/// own signature verified: opening a space verifies no signature for the other members.
void Derivation::note_disagreements() {
  std::map<DeviceId, wire::CertificateBody> first;
  for (const auto& [author, log] : logs_.all()) {
    for (const LocatedRecord* at : log) {
      const auto* added = std::get_if<wire::record::MemberAdded>(&at->record);
      const auto body = added == nullptr ? std::nullopt : body_of(*added);
      if (!body || body->space != out_.space_) continue;
      const DeviceId device = log::device_id(body->signing_key);
      const auto known = first.emplace(device, *body);
      if (!known.second && !same_keys(known.first->second, *body)) disagreed_.insert(device);
    }
  }
}

/// Adds the devices that the current level certifies and no higher level did.
void Derivation::add_devices(Level by) {
  if (by > Level::supervisor) return;
  std::map<DeviceId, std::vector<Certified>> found;
  for (std::size_t i = begun_; i < counted_.size(); ++i) {
    const LocatedRecord* at = counted_[i].at;
    const auto* added = std::get_if<wire::record::MemberAdded>(&at->record);
    const auto body = added == nullptr ? std::nullopt : body_of(*added);
    if (!body || body->space != out_.space_ || body->level <= by ||
        body->signing_key == out_.root_key_) {
      continue;
    }
    const bool by_this_record = body->issuer == authors_.at(at->author) &&
                                body->issuer_author == at->author && body->issuer_seq == at->seq;
    if (!by_this_record) continue;
    found[log::device_id(body->signing_key)].push_back({at, added, *body, by});
  }
  for (auto& [id, certified] : found) add_device(id, std::move(certified));
}

void Derivation::check_own_signatures(std::vector<Certified>& certified) const {
  std::erase_if(certified, [](const Certified& each) { return !is_own(each.body); });
}

std::vector<Derivation::Certified> Derivation::not_replaced(
    const std::vector<Certified>& certified) const {
  std::vector<Covered> covered;
  covered.reserve(certified.size());
  for (const Certified& each : certified) {
    covered.push_back(logs_.covered(*each.at, each.added->cited));
  }
  std::vector<Certified> left;
  for (const Certified& each : certified) {
    const bool replaced =
        std::any_of(covered.begin(), covered.end(), [&](const Covered& by_another) {
          return covers(by_another, each.at->author, each.at->seq);
        });
    if (!replaced) left.push_back(each);
  }
  return left;
}

void Derivation::add_device(const DeviceId& id, std::vector<Certified> certified) {
  if (disagreed_.contains(id)) check_own_signatures(certified);
  auto& all = certified_[id];
  all.insert(all.end(), certified.begin(), certified.end());
  if (out_.devices_.contains(id)) return;  // certified by a higher level, which decides
  const std::vector<Certified> left = not_replaced(certified);
  if (left.empty()) return;

  Device device;
  device.id = id;
  const Certified* shown = nullptr;
  for (const Certified& each : left) {
    const Device* issuer = out_.device_of(each.body.issuer);
    const std::int64_t end =
        earlier(each.body.not_after_ms, issuer == nullptr ? 0 : issuer->not_after_ms);
    device.level = std::max(shown == nullptr ? each.body.level : device.level, each.body.level);
    const bool same_end = shown != nullptr && end == device.not_after_ms;
    if (shown == nullptr || is_later(end, device.not_after_ms) ||
        (same_end && each.added->certificate < shown->added->certificate)) {
      shown = &each;  // equal certificates are interchangeable
      device.not_after_ms = end;
    }
  }
  for (const Certified& each : left) {
    device.keys_clash = device.keys_clash || !same_keys(each.body, shown->body);
    device.levels_clash = device.levels_clash || each.body.level != shown->body.level;
    ++out_.tally_.counted;
  }
  device.signing_key = shown->body.signing_key;
  device.noise_key = shown->body.noise_key;
  device.receiving_key = shown->body.receiving_key;
  device.issuer = shown->body.issuer;
  device.certificate = shown->added->certificate;
  certified_by_[id] = left.front().by;
  out_.devices_.emplace(id, std::move(device));
}

}  // namespace relais::access
