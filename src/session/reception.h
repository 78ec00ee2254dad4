#pragma once

#include <cstddef>
#include <optional>
#include <unordered_set>
#include <vector>

#include "crypto/crypto.h"

namespace relais::session {

/// What all responders of one listening device share, so that strangers cost it next to nothing:
/// how many handshakes are under way, and which first messages came before.
/// Owns: nothing. It must outlive the sessions that were made with it.
class Reception {
 public:
  /// One handshake under way; freed when it goes.
  class Place {
   public:
    Place(Place&& other) noexcept : reception_(other.reception_) { other.reception_ = nullptr; }
    Place& operator=(Place&& other) noexcept;
    ~Place();

   private:
    friend class Reception;
    explicit Place(Reception* reception) : reception_(reception) {}
    Reception* reception_;
  };

  Reception() = default;
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  /// Nothing if limits::kHalfOpenSessions are under way.
  std::optional<Place> enter();
  std::size_t half_open() const { return half_open_; }

  /// Whether a first message with this ephemeral key was among the last
  /// limits::kRecentEphemerals remembered.
  bool knows(const crypto::DhPublicKey& ephemeral) const { return known_.count(ephemeral) > 0; }
  /// Only for a first message that was authentic: strangers can't push out what is remembered.
  void remember(const crypto::DhPublicKey& ephemeral);

 private:
  std::size_t half_open_ = 0;
  std::vector<crypto::DhPublicKey> ring_;
  std::size_t oldest_ = 0;  // in a full ring
  std::unordered_set<crypto::DhPublicKey> known_;
};

}  // namespace relais::session
