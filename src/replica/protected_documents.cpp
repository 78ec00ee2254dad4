#include "replica/protected_documents.h"

#include "log/log.h"

namespace relais::replica {
namespace {

bool is_owner(const access::Membership& membership, const crypto::SigningPublicKey& device) {
  if (device == membership.root_key()) return true;
  const access::Device* known = membership.device_of(device);
  return known != nullptr && known->level <= access::Level::owner;
}

}  // namespace

bool may_change(const access::Membership& membership, const document::Address& document,
                const crypto::SigningPublicKey& author) {
  const bool of_a_device = document.collection == kDevicesCollection;
  if (!of_a_device && document.collection != kSpaceCollection) return true;
  if (of_a_device && document.id == to_hex(log::device_id(author).view())) return true;
  return is_owner(membership, author);
}

}  // namespace relais::replica
