#include <algorithm>
#include <optional>

#include "simulator/model.h"

namespace relais::simulator {
namespace {

bool certain(const Write& write) { return write.act->certainty == Certainty::certain; }
bool erases(const Write& write) { return write.value.token.empty(); }

/// What must be visible of a register, from what each write had seen. Writes are named by their
/// place in the history; a write sees only earlier ones.
class RegisterCheck {
 public:
  RegisterCheck(const std::vector<Write>& writes, const Reading& reading)
      : writes_(writes),
        reading_(reading),
        happened_(writes.size()),
        over_(writes.size()),
        maybe_over_(writes.size()) {
    for (std::size_t at = 0; at < writes.size(); ++at)
      by_token_[writes[at].value.token].push_back(at);
  }

  std::string run() {
    for (const Sibling& value : reading_.values) {
      if (!by_token_.contains(value.token)) return "shows what nobody wrote: " + value.token;
    }
    find_what_happened();
    find_what_may_be_over();
    for (const auto check : {&RegisterCheck::check_shown, &RegisterCheck::check_lost,
                             &RegisterCheck::check_first, &RegisterCheck::check_voids}) {
      const std::string fault = (this->*check)();
      if (!fault.empty()) return fault;
    }
    return {};
  }

 private:
  using Marks = std::vector<bool>;

  /// All writes that may be what a user saw, before a place in the history.
  std::vector<std::size_t> candidates(const Sibling& seen, std::size_t before) const {
    std::vector<std::size_t> found;
    const auto writes = by_token_.find(seen.token);
    if (writes == by_token_.end()) return found;
    for (const std::size_t at : writes->second) {
      if (at < before) found.push_back(at);
    }
    return found;
  }

  /// The write, if it is certain.
  std::optional<std::size_t> write_of(const Sibling& seen, std::size_t before) const {
    std::vector<std::size_t> unnamed;
    std::optional<std::size_t> named;  // the last: what was restored is there a second time
    for (const std::size_t at : candidates(seen, before)) {
      if (writes_[at].value.written.empty()) unnamed.push_back(at);
      if (!seen.written.empty() && writes_[at].value.written == seen.written) named = at;
    }
    if (named) return named;
    return unnamed.size() == 1 ? std::optional(unnamed[0]) : std::nullopt;
  }

  /// Finds which writes are certain, which are visible, and what those had seen.
  void find_what_happened() {
    std::vector<std::size_t> todo;
    const auto note = [&](std::size_t at) {
      if (!happened_[at]) todo.push_back(at);
      happened_[at] = true;
    };
    for (std::size_t at = 0; at < writes_.size(); ++at) {
      if (certain(writes_[at])) note(at);
    }
    for (const Sibling& value : reading_.values) {
      if (const auto at = write_of(value, writes_.size())) note(*at);
    }
    while (!todo.empty()) {
      const std::size_t by = todo.back();
      todo.pop_back();
      for (const Sibling& seen : writes_[by].over) {
        const auto at = write_of(seen, by);
        if (!at) continue;
        // What a void hides is visible again if the void is contested.
        over_[*at] = over_[*at] || !may_be_contested(by);
        note(*at);
      }
    }
  }

  /// A void hides nothing while a value stands that has not seen it, and that it has not seen.
  bool may_be_contested(std::size_t by) const {
    const Write& made = writes_[by];
    // Over a void, even a deletion without a reason leaves a mark.
    const bool is_mark = std::any_of(writes_.begin(), writes_.end(),
                                     [](const Write& write) { return !write.reason.empty(); });
    if (!is_mark || !erases(made)) return false;
    for (std::size_t at = 0; at < writes_.size(); ++at) {
      if (at == by || erases(writes_[at])) continue;
      // The restored value is known; that it was restored may not be.
      const bool seen = !writes_[at].restores && contains(made.over, writes_[at].value);
      const bool saw = contains(writes_[at].saw.voids, made.reason);
      if (!seen && !saw) return true;
    }
    return false;
  }

  /// A write without a trace did not take place: it would be visible, or another write had seen it.
  void find_what_may_be_over() {
    std::vector<std::size_t> todo;
    Marks may_be(writes_.size());
    const auto note = [&](std::size_t at) {
      if (!may_be[at]) todo.push_back(at);
      may_be[at] = true;
    };
    for (std::size_t at = 0; at < writes_.size(); ++at) {
      const bool shown = find(reading_.values, writes_[at].value.token) != nullptr;
      if (happened_[at] || erases(writes_[at]) || shown) note(at);
    }
    while (!todo.empty()) {
      const std::size_t by = todo.back();
      todo.pop_back();
      for (const Sibling& seen : writes_[by].over) {
        for (const std::size_t at : candidates(seen, by)) {
          maybe_over_[at] = true;
          note(at);
        }
      }
    }
  }

  std::string check_shown() {
    for (const Sibling& value : reading_.values) {
      const auto at = write_of(value, writes_.size());
      bool stands = at && !over_[*at];
      for (const std::size_t one : candidates(value, writes_.size())) {
        stands = stands || ((!at || may_be_restored(one)) && !over_[one]);
        if (writes_[one].value.rank != value.rank) return "shows another rank: " + value.token;
      }
      if (!stands) return "shows what was overwritten: " + value.token;
    }
    return {};
  }

  /// What was restored keeps its name; the restoration itself may have failed.
  bool may_be_restored(std::size_t at) const {
    return writes_[at].restores && !certain(writes_[at]);
  }

  std::string check_lost() {
    for (std::size_t at = 0; at < writes_.size(); ++at) {
      const std::string& token = writes_[at].value.token;
      if (!happened_[at] || maybe_over_[at] || erases(writes_[at]) || was_restored(at)) continue;
      if (find(reading_.values, token) == nullptr)
        return "lost a write that nothing has seen: " + token;
    }
    return {};
  }

  /// It is the same write as before: a concurrent replacement of that replaced this too. The time
  /// of a failed write is unknown, so it may be that one.
  bool was_restored(std::size_t restored) const {
    const Sibling& one = writes_[restored].value;
    return !one.written.empty() &&
           std::any_of(writes_.begin(), writes_.begin() + static_cast<std::ptrdiff_t>(restored),
                       [&](const Write& write) {
                         return write.value.token == one.token &&
                                (write.value.written.empty() || write.value.written == one.written);
                       });
  }

  std::string check_first() {
    for (const Sibling& value : reading_.values) {
      if (value.rank > reading_.values[0].rank) return "shows a lower rank first";
    }
    return {};
  }

  /// Where a value must be visible, no reason for a void is shown.
  std::string check_voids() {
    std::set<std::string> given;
    for (std::size_t at = 0; at < writes_.size(); ++at) {
      const Write& made = writes_[at];
      if (made.reason.empty()) continue;
      given.insert(made.reason);
      const bool shown = contains(reading_.voids, made.reason);
      const bool may_be_gone = !reading_.values.empty() || !certain(made) || may_have_ended(at);
      if (!shown && !may_be_gone) return "lost a reason: " + made.reason;
    }
    for (const std::string& reason : reading_.voids) {
      if (!given.contains(reason)) return "is void for a reason that nobody gave: " + reason;
    }
    return {};
  }

  /// It may also have been hidden behind a value that someone saw.
  bool may_have_ended(std::size_t made) const {
    for (std::size_t at = made + 1; at < writes_.size(); ++at) {
      const Reading& saw = writes_[at].saw;
      if (!saw.values.empty() || contains(saw.voids, writes_[made].reason)) return true;
    }
    return false;
  }

  const std::vector<Write>& writes_;
  const Reading& reading_;
  std::map<std::string, std::vector<std::size_t>> by_token_;
  Marks happened_;
  Marks over_;        ///< certainly overwritten or deleted
  Marks maybe_over_;  ///< possibly
};

}  // namespace

std::string Model::check_register(const std::vector<Write>& writes, const Reading& reading) {
  return RegisterCheck(writes, reading).run();
}

bool Model::may_stay_gone(const Field& field, const std::vector<Sibling>& hidden,
                          const std::vector<std::string>& reasons) const {
  const std::vector<Write>& writes = registers_.at(field);
  const bool was_overwritten = std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
    return !erases(write) &&
           std::any_of(reasons.begin(), reasons.end(), [&write](const std::string& reason) {
             return contains(write.saw.voids, reason);
           });
  });
  return was_overwritten || std::any_of(hidden.begin(), hidden.end(), [&](const Sibling& one) {
           return std::count_if(writes.begin(), writes.end(), [&one](const Write& write) {
                    return find(write.over, one.token) != nullptr;
                  }) > 1;
         });
}

bool Model::may_have_twin(const Field& field, const Sibling& one) const {
  const std::vector<Write>& writes = registers_.at(field);
  std::set<std::string> replaced;
  std::vector<std::string> todo{one.written};
  while (!todo.empty()) {
    const std::string by = todo.back();
    todo.pop_back();
    if (!replaced.insert(by).second) continue;
    for (const Write& write : writes) {
      if (write.value.written != by) continue;
      for (const Sibling& seen : write.over) todo.push_back(seen.written);
    }
  }
  return std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
    return write.value.token == one.token && !replaced.contains(write.value.written);
  });
}

}  // namespace relais::simulator
