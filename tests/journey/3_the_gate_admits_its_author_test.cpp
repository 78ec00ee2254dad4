#include <gtest/gtest.h>

#include "access/gate.h"
#include "journey/note.h"

namespace relais::journey {
namespace {

// Nothing enters a store without passing the gate, our own writes included: the author's device
// must be a member that may write in this compartment.
TEST(Journey3, TheGateAdmitsItsAuthor) {
  TwoDevices devices;
  const access::Gate gate(devices.here().control.membership);
  const access::Verdict verdict = gate.judge(devices.write().piece);
  EXPECT_TRUE(std::holds_alternative<access::AdmittedPiece>(verdict));
}

TEST(Journey3, AndKeepsAStrangerOut) {
  TwoDevices devices;
  testing::TestSpace elsewhere(2);
  elsewhere.found("stranger");
  const access::Gate gate(elsewhere.core("stranger").control.membership);
  const access::Verdict verdict = gate.judge(devices.write().piece);
  EXPECT_FALSE(std::holds_alternative<access::AdmittedPiece>(verdict));
}

}  // namespace
}  // namespace relais::journey
