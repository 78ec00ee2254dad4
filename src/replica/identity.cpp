#include "replica/identity.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "store/tables/keys.h"

namespace relais::replica {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMarkerBytes = 128;

template <class SecretKey>
SecretKey read_secret(Reader& in) {
  return SecretKey::from(in.take(SecretKey::kSize));
}

}  // namespace

void save(store::Batch& batch, const Identity& identity) {
  Bytes out;
  out.push_back(kVersion);
  out.push_back(static_cast<char>(identity.stage));
  out.append(identity.space.view());
  put_sized(out, identity.first_record);
  out.append(identity.keys.signing.public_key.view())
      .append(identity.keys.signing.secret_key.view());
  out.append(identity.keys.noise.secret_key.view())
      .append(identity.keys.receiving.secret_key.view());
  out.append(identity.instance.view());
  put_sized(out, identity.marker);
  batch.put(store::Family::meta, store::meta_key(store::meta::kIdentity), out);
  crypto::wipe(out);
}

Result<Identity> load_identity(const store::Reads& store) {
  const Error damaged(ErrorCode::store_corrupt,
                      "The device's identity is missing or damaged in the store.");
  RELAIS_ASSIGN(auto bytes,
                store.get(store::Family::meta, store::meta_key(store::meta::kIdentity)));
  if (!bytes) return damaged;
  Reader in(*bytes);
  Identity identity;
  const std::uint8_t version = in.byte();
  identity.stage = static_cast<Identity::Stage>(in.byte());
  identity.space = in.id<SpaceId>();
  identity.first_record = in.sized(limits::kControlRecordBytes);
  identity.keys.signing.public_key = in.id<crypto::SigningPublicKey>();
  identity.keys.signing.secret_key = read_secret<crypto::SigningSecretKey>(in);
  identity.keys.noise = crypto::dh_key_pair_from(read_secret<crypto::DhSecretKey>(in));
  identity.keys.receiving = crypto::dh_key_pair_from(read_secret<crypto::DhSecretKey>(in));
  identity.instance = in.id<log::Instance>();
  identity.marker = in.sized(kMarkerBytes);
  const bool ok = in.finished() && version == kVersion;
  crypto::wipe(*bytes);
  if (!ok) return damaged;
  return identity;
}

}  // namespace relais::replica
