#include "session/inner.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace relais::session {

std::size_t padded_size(std::size_t size) {
  if (size <= kSmallestPlainBytes) return kSmallestPlainBytes;
  const auto exponent = static_cast<unsigned>(std::bit_width(size)) - 1;
  const unsigned kept = static_cast<unsigned>(std::bit_width(exponent));
  const std::size_t mask = (std::size_t{1} << (exponent - kept)) - 1;
  return (size + mask) & ~mask;
}

void close_inner(Bytes& out, std::size_t start, InnerType type, std::size_t limit) {
  out.push_back(static_cast<char>(type));
  const std::size_t size = out.size() - start;
  RELAIS_CHECK(size <= limit);
  out.append(std::min(padded_size(size), limit) - size, '\0');
}

std::optional<Inner> open_inner(BytesView plain) {
  const std::size_t at = plain.find_last_not_of('\0');
  if (at == BytesView::npos) return std::nullopt;
  const auto type = static_cast<InnerType>(plain[at]);
  if (type != InnerType::data && type != InnerType::end && type != InnerType::rekey) {
    return std::nullopt;
  }
  return Inner{plain.substr(0, at), type};
}

void set_length(Bytes& out, std::size_t start) {
  const std::size_t size = out.size() - start - kLengthBytes;
  RELAIS_CHECK(size <= limits::kFrameBytes);
  out[start] = static_cast<char>(size >> 8);
  out[start + 1] = static_cast<char>(size);
}

}  // namespace relais::session
