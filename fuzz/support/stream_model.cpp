#include "fuzz/support/stream_model.h"

#include "base/check.h"
#include "base/limits.h"

namespace relais::fuzz {

bool StreamModel::take(BytesView plain) {
  const std::size_t at = plain.find_last_not_of('\0');
  if (at == BytesView::npos) return false;
  switch (plain[at]) {
    case 1: pending_.append(plain.substr(0, at)); return split();
    case 2: ended = true; return at == 0 && pending_.empty();
    case 3: return at == 0;
    default: return false;
  }
}

bool StreamModel::split() {
  for (;;) {
    std::size_t size = 0;
    std::size_t head = 0;
    for (bool more = true; more; ++head) {
      if (head == pending_.size()) return true;
      const auto byte = static_cast<std::uint8_t>(pending_[head]);
      size |= static_cast<std::size_t>(byte & 0x7f) << (7 * head);
      more = byte >= 0x80;
      if (size > limits::kMessageBytes || (!more && byte == 0) || (more && head == 3)) return false;
    }
    if (pending_.size() < head + size) return true;
    messages.push_back(pending_.substr(head, size));
    pending_.erase(0, head + size);
  }
}

Bytes inner(BytesView content, std::uint8_t type, std::size_t zeros) {
  Bytes plain(content);
  plain.push_back(static_cast<char>(type));
  plain.append(zeros, '\0');
  return plain;
}

Bytes with_length(BytesView piece) {
  RELAIS_CHECK(piece.size() <= 65535);
  Bytes out = {static_cast<char>(piece.size() >> 8), static_cast<char>(piece.size())};
  return out.append(piece);
}

}  // namespace relais::fuzz
