#include "engine/protected_documents.h"

#include "log/log.h"

namespace relais::engine {
namespace {

bool is_owner(const access::Membership& membership, const crypto::SigningPublicKey& device) {
  if (device == membership.root_key()) return true;
  const access::Device* known = membership.device_of(device);
  return known != nullptr && known->level <= access::Level::owner;
}

}  // namespace

bool may_write_protected(const access::Membership& membership,
                         const crypto::SigningPublicKey& device, const document::Address& address) {
  const bool of_a_device = address.collection == kDevicesCollection;
  if (!of_a_device && address.collection != kSpaceCollection) return true;
  if (of_a_device && address.id == to_hex(log::device_id(device).view())) return true;
  return is_owner(membership, device);
}

}  // namespace relais::engine
