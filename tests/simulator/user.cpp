#include "simulator/user.h"

#include <algorithm>

namespace relais::simulator {

std::string canary_of(const std::string& scope, const std::string& label) {
  return std::string(kCanary) + "." + scope + "." + label + ".";
}

User::User(World& world, Device& device, const Register& of, Model& model,
           const testing::Chance& chance)
    : scopes(of.scopes),
      labels(of.labels),
      world_(world),
      device_(device),
      register_(of),
      model_(model),
      chance_(chance.split(device.name() + " user")) {}

std::string User::token(const Field& field) {
  const std::string section = field.path.substr(0, field.path.find('/'));
  return canary_of(field.document.scope, section) + device_.name() + "." +
         std::to_string(written_++);
}

bool User::work() {
  replica::Core& core = device_.core();
  const int boot = device_.boots();
  doings_.clear();
  touched_.clear();
  Status done;
  {
    const std::lock_guard lock(core.mutex);
    replica::Edit edit(core);
    const std::uint64_t edits = chance_.one_in(10) ? 0 : 1 + chance_.below(3);
    if (edits == 0) done = undo_something(edit);
    // An edit may write, and a power cut may strike there.
    for (std::uint64_t i = 0; done && device_.on() && i < edits; ++i) done = edit_something(edit);
    if (done && device_.on() && !doings_.empty()) done = edit.commit();
  }
  if (doings_.empty()) return false;
  const bool acknowledged = done.has_value() && device_.on() && device_.boots() == boot;
  const auto act = std::make_shared<Act>(Act{acknowledged ? Certainty::certain : Certainty::maybe});
  for (Doing& doing : doings_) {
    if (acknowledged) look(doing);
    if (!is_spoiled(doing)) doing.note(act, doing);
  }
  remember(acknowledged);
  acts_.push_back(act);
  world_.counts.add(acknowledged ? "writes acknowledged" : "sometimes: a write fails");
  world_.counts.add("operations", doings_.size());
  return acknowledged;
}

void User::forget_since(std::size_t mark) {
  for (std::size_t i = mark; i < acts_.size(); ++i) acts_[i]->certainty = Certainty::maybe;
}

User::Doing& User::begin(const Field& field, const Reading& before, Reading expected) {
  doings_.push_back({{field, before, {}, {}}, std::move(expected), true, true, nullptr, {}});
  return doings_.back();
}

bool User::is_spoiled(const Doing& doing) const {
  return register_.spoiled.contains(doing.deed.field.document);
}

/// An acknowledged edit is visible at once.
void User::look(Doing& doing) {
  doing.deed.after = read_field(device_, doing.deed.field);
  const Reading& after = doing.deed.after;
  if (doing.sometimes != nullptr) world_.counts.add(doing.sometimes);
  if (!doing.is_sure || is_spoiled(doing)) return;
  if (doing.in_order ? shows_alike(after, doing.expected) : holds_alike(after, doing.expected)) {
    return;
  }
  violation(doing.deed.field, "doesn't read as it was written");
}

void User::violation(const Field& field, const std::string& what) {
  const std::string sentence = name() + ": " + field.document.scope + "/" +
                               field.document.collection + "/" + field.document.id + " " +
                               field.path + " " + what;
  world_.trace.line(world_.events.now(), "VIOLATION: " + sentence);
  world_.counts.add("violation: " + sentence);
}

/// If it is unknown whether a transaction took place, so is whether it is the last.
void User::remember(bool acknowledged) {
  for (const Doing& doing : doings_) last_.erase(doing.deed.field.document);
  if (!acknowledged) return;
  for (const Doing& doing : doings_) {
    Done& done = last_[doing.deed.field.document];
    done.author = device_.core().identity.author();
    done.deeds.push_back(doing.deed);
  }
}

/// Mostly a case of the user's team.
DocumentId User::some_case() {
  const std::uint64_t all = register_.cases_per_scope;
  const bool others = chance_.one_in(16);
  const std::uint64_t number =
      others ? chance_.below(all)
             : (team * register_.cases_per_team + chance_.below(register_.cases_per_team)) % all;
  return {chance_.pick(scopes), "cases", std::to_string(number)};
}

Status User::edit_something(replica::Edit& edit) {
  const DocumentId document = some_case();
  const std::string section = chance_.pick(labels);
  switch (chance_.below(9)) {
    case 0:
    case 1: return edit_list(edit, {document, section + "/visits"});
    case 2: return edit_set(edit, {document, section + "/allergies"});
    case 3: return edit_counter(edit, {document, section + "/sessions"});
    case 4: return edit_text(edit, {document, section + "/note"});
    default: return edit_register(edit, document, section);
  }
}

}  // namespace relais::simulator
