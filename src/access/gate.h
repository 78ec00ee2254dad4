#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "access/membership.h"
#include "log/piece.h"

/// docs/spec/access.md, "Admission".
namespace relais::access {

/// A piece whose author has the right to write it. Only the gate makes one; the store accepts
/// nothing else.
class AdmittedPiece {
 public:
  const log::VerifiedPiece& piece() const { return piece_; }

 private:
  friend class Gate;
  explicit AdmittedPiece(log::VerifiedPiece piece) : piece_(std::move(piece)) {}
  log::VerifiedPiece piece_;
};

/// The author's certificate or the compartment's record hasn't arrived: keep the piece within
/// limits, and judge it again when control grows.
struct Waiting {
  log::VerifiedPiece piece;
};
/// The author has no right to write here, or the run format is wrong (plain outside control, or
/// sealed in control): the piece is kept apart, not applied, not acknowledged.
struct Quarantined {
  log::VerifiedPiece piece;
};

using Verdict = std::variant<AdmittedPiece, Waiting, Quarantined>;

/// Decides whether a piece is admitted. Cheap to construct.
/// Owns: nothing. The membership must outlive the gate, and must not be moved or assigned
/// meanwhile.
class Gate {
 public:
  explicit Gate(const Membership& membership) : membership_(membership) {}
  explicit Gate(Membership&&) = delete;

  /// A piece of any compartment; one of control goes to `judge_control`.
  Verdict judge(log::VerifiedPiece piece) const;
  /// A piece of control: root, owners and supervisors may write any record, members only epochs and
  /// keys. A piece of another compartment is quarantined.
  Verdict judge_control(log::VerifiedPiece piece) const;
  /// For blocks that this device has just written, without a seal.
  /// Fails: not_authorised.
  Status may_write_here(const crypto::SigningPublicKey& self,
                        const CompartmentId& compartment) const;
  /// Whether all sections of a change belong to the compartment that holds it: its label is one
  /// that an entry of the section gives or ever gave. A change without sections (of the whole
  /// document) belongs to any known compartment.
  bool filed_right(const CompartmentId& compartment, std::string_view collection,
                   const std::vector<std::string>& sections) const;

 private:
  enum class Standing : std::uint8_t { entitled, epochs_only, not_known, not_entitled };
  Standing standing(const crypto::SigningPublicKey& key, const CompartmentId& compartment) const;
  Verdict verdict(log::VerifiedPiece piece) const;

  const Membership& membership_;
};

}  // namespace relais::access
