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

/// A piece whose author may write where it writes. Only the gate makes one; the store takes
/// nothing else.
class AdmittedPiece {
 public:
  const log::VerifiedPiece& piece() const { return piece_; }

 private:
  friend class Gate;
  explicit AdmittedPiece(log::VerifiedPiece piece) : piece_(std::move(piece)) {}
  log::VerifiedPiece piece_;
};

/// The author's certificate, or the compartment's record, hasn't come yet: keep within limits, ask
/// again when control grows.
struct Waiting {
  log::VerifiedPiece piece;
};
/// The author may not write here, or wrote plain where blocks are encrypted (or the reverse): kept
/// apart, not applied, not acknowledged.
struct Quarantined {
  log::VerifiedPiece piece;
};

using Verdict = std::variant<AdmittedPiece, Waiting, Quarantined>;

/// Says of each piece whether it may come in. Cheap to make: make one where it is needed.
/// Owns: nothing. The membership must outlive it, in its place: not moved, not assigned.
class Gate {
 public:
  explicit Gate(const Membership& membership) : membership_(membership) {}
  explicit Gate(Membership&&) = delete;

  /// Any piece; one of control is judged as `judge_control` does.
  Verdict judge(log::VerifiedPiece piece) const;
  /// Control: root, owners and supervisors write there, and members epochs alone. A piece of
  /// another compartment is quarantined.
  Verdict judge_control(log::VerifiedPiece piece) const;
  /// For what this device wrote itself just now: its own writer's blocks, no seal yet.
  /// Fails: not_authorised.
  Status may_write_here(const crypto::SigningPublicKey& self,
                        const CompartmentId& compartment) const;
  /// Whether the change's sections all belong to the compartment it came in: its label is one that
  /// an entry of the section gives, or ever gave. Without a section (a change of the document as a
  /// whole): whether the collection's default does.
  bool filed_right(const CompartmentId& compartment, std::string_view collection,
                   const std::vector<std::string>& sections) const;

 private:
  enum class Standing : std::uint8_t { entitled, epochs_only, not_known, not_entitled };
  Standing standing(const crypto::SigningPublicKey& key, const CompartmentId& compartment) const;
  Verdict verdict(log::VerifiedPiece piece) const;

  const Membership& membership_;
};

}  // namespace relais::access
