#pragma once

#include "document/edit/draft.h"
#include "replica/own_logs.h"
#include "support/test_space.h"

/// One allergy note, on its way from the tablet where it is typed to the screen of another. Read
/// the tests of this folder in the order of their numbers; each continues where the previous one
/// stopped.
namespace relais::journey {

inline const document::Address kPatient{"patients", "patient-4711"};
inline constexpr char kAllergy[] = "penicillin";

/// Two devices of one space; the note has not been written yet.
struct TwoDevices {
  TwoDevices();

  replica::Core& here() { return space.core("here"); }
  replica::Core& there() { return space.core("there"); }
  CompartmentId records() { return log::compartment_id(here().identity.space, "", "records"); }
  log::LogId our_log() { return {records(), here().identity.author()}; }

  /// Step 1: the typed note, as a change.
  document::Change change();
  document::Position place() { return {here().identity.author(), 1}; }
  /// Step 2: the change as a block of our log, with the seal over it.
  struct Written {
    Bytes change;  ///< encoded
    log::VerifiedPiece piece;
    Bytes seal;
  };
  Written write();
  /// Steps 1 to 4 through the engine, as a host calls it.
  void write_through_engine();

  testing::TestSpace space;
};

}  // namespace relais::journey
