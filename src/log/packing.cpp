#include "log/packing.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"
#include "log/dictionary.h"

namespace relais::log {
namespace {

enum class Way : std::uint8_t { raw = 0, block = 1, frame = 2 };

constexpr int kLevel = 3;  // docs/decisions/0022-dictionary.md has the figures
constexpr int kJointLevel = 5;
// A zstd frame (RFC 8878, 3.1.1) as this file writes it: magic number (4), descriptor 0 (1), window
// (1); then blocks with a 3-byte header, whose bits are: last, type (2 bits), size (21 bits).
constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kFrameHeaderBytes = kMagicBytes + 2;
constexpr std::size_t kBlockHeaderBytes = 3;
constexpr std::size_t kPrefixBytes = kFrameHeaderBytes + kBlockHeaderBytes;
constexpr std::uint8_t kMagic[kMagicBytes] = {0x28, 0xb5, 0x2f, 0xfd};
constexpr std::uint8_t kWindow128KiB = (17 - 10) << 3;
constexpr std::uint32_t kLastCompressedBlock = 1 | 2 << 1;
constexpr std::size_t kLargestZstdBlock = 128 * 1024;

// The dictionary's tables are immutable: one of each per process, never freed.
const ZSTD_CDict* make_compression_tables(int level) {
  const BytesView bytes = dictionary(kCurrentDictionary);
  return ZSTD_createCDict(bytes.data(), bytes.size(), level);
}

const ZSTD_CDict* compression_tables(std::uint8_t number) {
  if (number != kCurrentDictionary) return nullptr;
  static const ZSTD_CDict* const kTables = make_compression_tables(kLevel);
  return kTables;
}

const ZSTD_CDict* joint_tables() {
  static const ZSTD_CDict* const kTables = make_compression_tables(kJointLevel);
  return kTables;
}

const ZSTD_DDict* decompression_tables(std::uint8_t number) {
  if (number != kCurrentDictionary) return nullptr;
  static const ZSTD_DDict* const kTables = [] {
    const BytesView bytes = dictionary(kCurrentDictionary);
    return ZSTD_createDDict(bytes.data(), bytes.size());
  }();
  return kTables;
}

std::uint32_t read_le24(const char* from) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(from);
  return bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}

// Writes a frame with `content` as its only, compressed block.
void put_frame_around(Bytes& out, BytesView content) {
  out.assign(reinterpret_cast<const char*>(kMagic), kMagicBytes);
  out.push_back(0);
  out.push_back(static_cast<char>(kWindow128KiB));
  const auto header = kLastCompressedBlock | static_cast<std::uint32_t>(content.size()) << 3;
  for (int shift = 0; shift < 24; shift += 8) out.push_back(static_cast<char>(header >> shift));
  out.append(content);
}

bool is_one_compressed_block(BytesView frame) {
  if (frame.size() < kPrefixBytes) return false;
  const std::uint32_t header = read_le24(frame.data() + kFrameHeaderBytes);
  return (header & 7) == kLastCompressedBlock && header >> 3 == frame.size() - kPrefixBytes;
}

Error too_long() { return Error(ErrorCode::limit_exceeded, "A change is larger than allowed."); }

}  // namespace

std::uint32_t current_packer() { return ZSTD_versionNumber() << 8 | std::uint32_t{kLevel}; }

struct Packer::Zstd {
  ZSTD_CCtx* compress = nullptr;
  ZSTD_DCtx* decompress = nullptr;
  // Not a string, which would zero the memory.
  std::unique_ptr<char[]> buffer;
  std::size_t buffer_size = 0;
  Bytes frame;

  Zstd() = default;
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() {
    ZSTD_freeCCtx(compress);
    ZSTD_freeDCtx(decompress);
  }

  void prepare_buffer() {
    if (buffer) return;
    buffer_size = ZSTD_compressBound(limits::kChangeBytes) + kPrefixBytes;
    buffer.reset(new char[buffer_size]);
  }

  void prepare_compression() {
    prepare_buffer();
    if (compress != nullptr) return;
    compress = ZSTD_createCCtx();
    RELAIS_CHECK(compress != nullptr);
    ZSTD_CCtx_setParameter(compress, ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(compress, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(compress, ZSTD_c_checksumFlag, 0);
    ZSTD_CCtx_setParameter(compress, ZSTD_c_dictIDFlag, 0);
  }

  BytesView pack(BytesView change, const ZSTD_CDict* tables) {
    RELAIS_CHECK(change.size() <= limits::kChangeBytes);
    prepare_compression();
    ZSTD_CCtx_refCDict(compress, tables);
    char* const at = buffer.get();
    const std::size_t size =
        ZSTD_compress2(compress, at, buffer_size, change.data(), change.size());
    RELAIS_CHECK(!ZSTD_isError(size));
    const BytesView made(at, size);
    const bool bare = change.size() <= kLargestZstdBlock && is_one_compressed_block(made);
    const std::size_t skipped = bare ? kPrefixBytes : kMagicBytes;
    const std::size_t packed = size - skipped + 1;
    if (packed <= change.size() && change.size() <= packed * limits::kInflation) {
      at[skipped - 1] = static_cast<char>(bare ? Way::block : Way::frame);
      return made.substr(skipped - 1);
    }
    at[0] = static_cast<char>(Way::raw);
    std::memcpy(at + 1, change.data(), change.size());
    return {at, change.size() + 1};
  }

  /// zstd 1.5.4 has two decoders that disagree on some damaged blocks, and chooses by whether the
  /// context's last block with matches had the same dictionary. All devices must refuse the same
  /// blocks: so this decodes the same block first, without a dictionary.
  void forget_last_frame() {
    static const Bytes kMatches = [] {
      const Bytes text = "again and again and again and again and again and again and again";
      Bytes packed(ZSTD_compressBound(text.size()), '\0');
      packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), kLevel));
      return packed;
    }();
    const std::size_t size = ZSTD_decompressDCtx(decompress, buffer.get(), buffer_size,
                                                 kMatches.data(), kMatches.size());
    RELAIS_CHECK(!ZSTD_isError(size));
  }

  /// Decompresses `frame` into `out`, at most `most` bytes.
  Status inflate(Bytes& out, const ZSTD_DDict* tables, std::size_t most) {
    prepare_buffer();
    if (decompress == nullptr) decompress = ZSTD_createDCtx();
    RELAIS_CHECK(decompress != nullptr);
    forget_last_frame();
    const std::size_t size = ZSTD_decompress_usingDDict(decompress, buffer.get(), most,
                                                        frame.data(), frame.size(), tables);
    if (ZSTD_isError(size)) {
      if (ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall) return too_long();
      return Error(ErrorCode::corrupt, "A block can't be decompressed.");
    }
    out.assign(buffer.get(), size);
    return {};
  }
};

Packer::Packer() : zstd_(std::make_unique<Zstd>()) {}
Packer::~Packer() = default;

BytesView Packer::pack(BytesView change, std::uint8_t dictionary) {
  const ZSTD_CDict* tables = compression_tables(dictionary);
  RELAIS_CHECK(dictionary == 0 || tables != nullptr);
  return zstd_->pack(change, tables);
}

BytesView Packer::pack_together(BytesView changes) { return zstd_->pack(changes, joint_tables()); }

Status Packer::unpack(Bytes& out, BytesView packed, std::uint8_t dictionary) {
  out.clear();
  const ZSTD_DDict* tables = decompression_tables(dictionary);
  if (packed.empty()) return Error(ErrorCode::corrupt, "A block is empty.");
  const auto way = static_cast<Way>(packed[0]);
  if (way > Way::frame || (dictionary != 0 && tables == nullptr)) {
    return Error(ErrorCode::unsupported_version,
                 "A block was compressed by a newer version of Relais: update this device.");
  }
  const std::size_t most = std::min(limits::kChangeBytes, packed.size() * limits::kInflation);
  packed.remove_prefix(1);
  if (way == Way::raw) {
    if (packed.size() > limits::kChangeBytes) return too_long();
    out.assign(packed);
    return {};
  }
  Bytes& frame = zstd_->frame;
  if (way == Way::block) {
    put_frame_around(frame, packed);
  } else {
    frame.assign(reinterpret_cast<const char*>(kMagic), kMagicBytes).append(packed);
  }
  return zstd_->inflate(out, tables, most);
}

}  // namespace relais::log
