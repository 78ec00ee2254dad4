#include "log/log.h"

#include <cstring>

#include "base/coding.h"
#include "base/limits.h"

namespace relais::log {
namespace {

// The first 16 bytes of a hash, as an id.
template <class Id>
Id cut(const crypto::Hash& hash) {
  Id id;
  static_assert(Id::kSize <= crypto::Hash::kSize);
  std::memcpy(id.data(), hash.data(), Id::kSize);
  return id;
}

}  // namespace

DeviceId device_id(const crypto::SigningPublicKey& key) {
  return cut<DeviceId>(crypto::hash("device", {key.view()}));
}

AuthorId author_id(const crypto::SigningPublicKey& key, const Instance& instance) {
  return cut<AuthorId>(crypto::hash("author", {key.view(), instance.view()}));
}

CompartmentId compartment_id(const SpaceId& space, std::string_view scope, std::string_view label) {
  Bytes names;
  put_sized(names, scope);
  put_sized(names, label);
  return cut<CompartmentId>(crypto::hash("compartment", {space.view(), names}));
}

CompartmentId control_compartment(const SpaceId& space) {
  return cut<CompartmentId>(crypto::hash("control", {space.view()}));
}

Head genesis(const SpaceId& space, const LogId& log) {
  return {0, crypto::hash("log", {space.view(), log.compartment.view(), log.author.view()})};
}

Bytes encode(const RunHeader& header) {
  Bytes out(1, static_cast<char>(header.format));
  if (header.format == RunHeader::Format::sealed) {
    out.append(header.epoch.view()).append(header.salt.view());
  }
  out.push_back(static_cast<char>(header.dictionary));
  if (header.format == RunHeader::Format::sealed) put_u32(out, header.packer);
  return out;
}

Result<RunHeader> decode_run_header(BytesView bytes) {
  if (bytes.size() > limits::kRunHeaderBytes) {
    return Error(ErrorCode::limit_exceeded, "A run header is larger than allowed.");
  }
  Reader reader(bytes);
  RunHeader header;
  const std::uint8_t format = reader.byte();
  if (format > static_cast<std::uint8_t>(RunHeader::Format::plain)) {
    return Error(ErrorCode::unsupported_version,
                 "A run of blocks was written by a newer version of Relais: update this device.");
  }
  header.format = static_cast<RunHeader::Format>(format);
  if (header.format == RunHeader::Format::sealed) {
    header.epoch = reader.id<EpochId>();
    header.salt = reader.id<decltype(header.salt)>();
  }
  header.dictionary = reader.byte();
  if (header.format == RunHeader::Format::sealed) header.packer = reader.u32();
  const bool plain = header.format == RunHeader::Format::plain;
  if (!reader.finished() || format == 0 || (plain && header.dictionary != 0)) {
    return Error(ErrorCode::corrupt, "A run header can't be decoded.");
  }
  return header;
}

crypto::Hash hash_run_header(BytesView encoded) { return crypto::hash("run", {encoded}); }

Associated::Associated(const Head& before, const crypto::Hash& run_header, bool transaction_end)
    : seq_(before.seq + 1) {
  char* out = bytes_.data();
  std::memcpy(out, before.hash.data(), 32);
  for (int i = 0; i < 8; ++i) out[32 + i] = static_cast<char>(seq_ >> (56 - 8 * i));
  std::memcpy(out + 40, run_header.data(), 32);
  out[72] = transaction_end ? 1 : 0;
}

Head step(BytesView associated, std::uint64_t seq, BytesView block) {
  const crypto::Hash content = crypto::hash("block", {block});
  return {seq, crypto::hash("step", {associated, content.view()})};
}

}  // namespace relais::log
