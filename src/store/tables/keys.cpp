#include "store/tables/keys.h"

#include "base/coding.h"
#include "base/limits.h"
#include "document/codec/value_code.h"

namespace relais::store {
namespace {

constexpr char kUuidId = 1;
constexpr char kTextId = 2;
constexpr std::size_t kUuidBytes = 16;

}  // namespace

Bytes meta_key(char table) { return Bytes(1, table); }

Bytes meta_key(char table, std::uint32_t number) {
  Bytes key(1, table);
  put_u32(key, number);
  return key;
}

Bytes growth_key(std::uint64_t generation, std::uint32_t log) {
  Bytes key = meta_key(meta::kGrowth);
  put_u64(key, generation);
  put_u32(key, log);
  return key;
}

std::optional<GrowthNote> parse_growth(BytesView key, BytesView value) {
  Reader at(key);
  Reader in(value);
  (void)at.byte();
  const GrowthNote note{at.u64(), at.u32(), in.varint()};
  if (!at.finished() || !in.finished()) return std::nullopt;
  return note;
}

Bytes kinds_key(CompartmentNo compartment, BytesView collection) {
  Bytes key = meta_key(meta::kKinds, compartment);
  key.append(collection);
  return key;
}

Bytes meta_key(char table, std::uint32_t number, std::uint64_t seq) {
  Bytes key = meta_key(table, number);
  put_u64(key, seq);
  return key;
}

Bytes seal_key(std::uint32_t log, std::uint64_t last_seq, BytesView seal) {
  return meta_key(meta::kSeal, log, last_seq)
      .append(crypto::hash("seal", {seal}).view().substr(0, 8));
}

std::uint64_t seq_of(BytesView key) {
  return key.size() < 8 ? 0 : Reader(key.substr(key.size() - 8)).u64();
}

Bytes block_key(LogNo log, std::uint64_t seq) {
  Bytes key;
  key.reserve(12);
  put_u32(key, log);
  put_u64(key, seq);
  return key;
}

Bytes document_prefix(CompartmentNo compartment) {
  Bytes key;
  put_u32(key, compartment);
  return key;
}

Bytes document_key(CompartmentNo compartment, const document::Address& address) {
  Bytes key;
  key.reserve(4 + address.collection.size() + 2 + address.id.size());
  put_u32(key, compartment);
  key.append(address.collection).push_back('\0');
  char packed[kUuidBytes];
  if (document::pack_uuid(address.id, packed)) {
    key.push_back(kUuidId);
    return key.append(packed, kUuidBytes);
  }
  key.push_back(kTextId);
  return key.append(address.id);
}

std::optional<DocumentName> parse_document_key(BytesView key) {
  Reader in(key);
  DocumentName name;
  name.compartment = in.u32();
  const std::size_t end = in.rest().find('\0');
  if (!in.ok() || end == BytesView::npos) return std::nullopt;
  name.address.collection = in.take(end);
  in.take(1);
  const char kind = static_cast<char>(in.byte());
  if (!in.ok()) return std::nullopt;
  if (kind == kUuidId && in.rest().size() == kUuidBytes) {
    document::unpack_uuid(in.rest().data(), name.address.id);
    return name;
  }
  if (kind != kTextId) return std::nullopt;
  name.address.id = in.rest();
  return name;
}

Bytes conflict_key(BytesView document_key) {
  return Bytes(1, index::kConflict).append(document_key);
}

Bytes index_prefix(char index, BytesView document_key) {
  Bytes key(1, index);
  put_sized(key, document_key);
  return key;
}

Bytes index_prefix(char index, BytesView document_key, LogNo log) {
  Bytes key = index_prefix(index, document_key);
  put_u32(key, log);
  return key;
}

Bytes index_key(char index, BytesView document_key, LogNo log, std::uint64_t seq) {
  Bytes key = index_prefix(index, document_key, log);
  put_u64(key, seq);
  return key;
}

Bytes waiting_prefix(BytesView document_key) { return index_prefix(index::kWaiting, document_key); }

Bytes waiting_key(BytesView document_key, LogNo log, std::uint64_t seq) {
  return index_key(index::kWaiting, document_key, log, seq);
}

Bytes set_aside_key(LogNo log, std::uint64_t seq) {
  return Bytes(1, index::kSetAside).append(block_key(log, seq));
}

Bytes chunk_key(BytesView document_key, std::uint32_t generation, std::uint32_t number) {
  Bytes key = index_prefix(index::kChunk, document_key);
  put_u32(key, generation);
  put_u32(key, number);
  return key;
}

Bytes content_key(BytesView document_key, const AuthorId& content) {
  return index_prefix(index::kContent, document_key).append(content.view());
}

Bytes to_rebuild_key(BytesView document_key) {
  return Bytes(1, index::kToRebuild).append(document_key);
}

Bytes dependents_of(CompartmentNo compartment, const AuthorId& author) {
  Bytes key(1, index::kDependent);
  put_u32(key, compartment);
  return key.append(author.view());
}

Bytes dependents_of(CompartmentNo compartment, const AuthorId& author, std::uint64_t seq) {
  Bytes key = dependents_of(compartment, author);
  put_u64(key, seq);
  return key;
}

Bytes change_name(BytesView document_key, LogNo log, std::uint64_t seq) {
  Bytes name;
  put_sized(name, document_key);
  put_u32(name, log);
  put_u64(name, seq);
  return name;
}

Result<ChangeName> parse_change_name(BytesView bytes) {
  Reader in(bytes);
  ChangeName name;
  name.document = in.sized(limits::kStoreKeyBytes);
  name.log = in.u32();
  name.seq = in.u64();
  if (!in.finished()) return Error(ErrorCode::corrupt, "An index of the store is damaged.");
  return name;
}

Bytes held_key(char table, const log::LogId& log, std::uint64_t first_seq) {
  Bytes key(1, table);
  key.append(log.compartment.view()).append(log.author.view());
  put_u64(key, first_seq);
  return key;
}

}  // namespace relais::store
