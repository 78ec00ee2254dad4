#include "simulator/newcomers.h"

namespace relais::simulator {

using std::chrono::minutes;

Newcomers::Newcomers(const Scene& scene, const testing::Chance& chance,
                     std::function<void()> on_arrival)
    : scene_(scene), chance_(chance.split("newcomers")), on_arrival_(std::move(on_arrival)) {
  for (std::size_t i = 0; i < scene.plan.newcomers; ++i) {
    days_.insert(static_cast<std::size_t>(chance_.below(scene.plan.days)));
  }
}

void Newcomers::plan(const Day& day) {
  for (std::size_t came = days_.count(day.number); came > 0; --came) {
    waiting_.push_back(&scene_.residents.add_newcomer());
    on_arrival_();
  }
  for (Resident* resident : waiting_) {
    scene_.residents.note_membership(*resident);
    for (int tries = 0; !resident->member && tries < 3; ++tries) {
      scene_.world.events.at(day.at(chance_, 9, 17),
                             [this, resident] { try_to_join(*resident, true); });
    }
  }
  std::erase_if(waiting_, [](const Resident* resident) { return resident->member; });
}

void Newcomers::try_to_join(Resident& resident, bool again) {
  scene_.residents.note_membership(resident);
  if (resident.member) return;
  const bool tried = scene_.residents.try_to_join(
      resident, scene_.faults.weather(), [=, this, &resident](bool in) {
        scene_.say(resident.device.name() + (in ? " joined" : " didn't join"));
        if (in) scene_.world.counts.add("sometimes: a device joins in the middle");
        if (in || !again) return;
        scene_.world.events.after(minutes(2), [this, &resident] { try_to_join(resident, false); });
      });
  if (tried) interrupt(resident);
}

/// A join takes a few tenths of a second, or as many seconds.
void Newcomers::interrupt(Resident& resident) {
  if (!scene_.faults.has(Fault::power) || !chance_.one_in(2)) return;
  Resident& whose = chance_.one_in(3) ? scene_.residents.hub() : resident;
  const Duration wait(chance_.between(1, chance_.one_in(3) ? 8000 : 400));
  scene_.world.events.after(wait, [&whose] { whose.device.cut_power(); });
}

void Newcomers::join_all() {
  if (scene_.residents.hub().device.lost()) return;
  for (Resident* resident : waiting_) {
    resident->invitation.reset();
    if (resident->device.idle()) try_to_join(*resident, false);
    scene_.world.events.run_until(scene_.now() + minutes(5));
    scene_.residents.note_membership(*resident);
    if (!resident->member) {
      scene_.oracles.violation(resident->device.name() + " can't join on a good link");
    }
  }
}

}  // namespace relais::simulator
