// Edits of one field.
#include <algorithm>

#include "base/try.h"
#include "simulator/user.h"

namespace relais::simulator {
namespace {

using document::Draft;
using document::Path;

constexpr std::uint32_t kRanks = 3;

/// Fields with another rule than a plain register have their own names.
FieldKind kind_of(const Field& field) {
  if (field.path.ends_with("/urgency")) return FieldKind::ranked;
  if (field.path.ends_with("/colour")) return FieldKind::last_writer;
  return FieldKind::value;
}

Status set(Draft& draft, const Path& at, FieldKind kind, const Sibling& value) {
  if (kind == FieldKind::ranked) return draft.set_ranked(at, Value(value.token), value.rank);
  if (kind == FieldKind::last_writer) return draft.set_last_writer(at, Value(value.token));
  return draft.set(at, Value(value.token));
}

Reading with_values(const Reading& before, std::vector<Sibling> values) {
  Reading reading = before;
  reading.values = std::move(values);
  return reading;
}

}  // namespace

void User::note_write(const ActPtr& act, const Doing& doing, const Sibling& value,
                      const std::vector<Sibling>& over, const std::string& reason, bool restores) {
  Write write{act, {value.token, "", value.rank}, reason, over, doing.deed.before, restores};
  const Sibling* shown = find(doing.deed.after.values, value.token);
  const bool was_there = shown != nullptr && contains(doing.deed.before.values, *shown);
  if (shown != nullptr && !was_there) write.value.written = shown->written;
  model_.write(doing.deed.field, std::move(write));
}

Status User::edit_register(replica::Edit& edit, const DocumentId& document,
                           const std::string& section) {
  static const std::vector<std::string> kNames{"status", "weight", "colour", "more/urgency",
                                               "more/plan"};
  const Field field{document, section + "/" + chance_.pick(kNames)};
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  if (!reading.values.empty() && chance_.one_in(6)) return erase_register(edit, field, reading);
  if (reading.values.size() > 1 && chance_.one_in(2)) return settle_register(edit, field, reading);
  return write_register(edit, field, reading);
}

Status User::write_register(replica::Edit& edit, const Field& field, const Reading& reading) {
  const FieldKind kind = kind_of(field);
  Sibling written{token(field), "", 0};
  if (kind == FieldKind::ranked) written.rank = static_cast<std::uint32_t>(chance_.below(kRanks));
  // An existing register keeps its rule.
  const bool plainly = reading.kind == FieldKind::last_writer && chance_.one_in(2);
  RELAIS_TRY(edit.at(field.document, field.path, [&](Draft& draft, const Path& at) {
    return set(draft, at, plainly ? FieldKind::value : kind, written);
  }));
  Doing& doing = begin(field, reading, with_values(reading, {written}));
  if (reading.values.size() > 1) doing.sometimes = "sometimes: a conflict is resolved";
  if (kind == FieldKind::ranked) doing.sometimes = "sometimes: a rank is given";
  if (kind == FieldKind::last_writer) doing.sometimes = "sometimes: the last writer is to be shown";
  doing.note = [this, written](const ActPtr& act, const Doing& done) {
    note_write(act, done, written, done.deed.before.values);
    look_at_time(done, written);
  };
  return {};
}

/// A value written for the first time has the time of the device's clock.
void User::look_at_time(const Doing& done, const Sibling& written) {
  const Reading& after = done.deed.after;
  for (std::size_t i = 0; i < after.values.size(); ++i) {
    if (after.values[i].token != written.token) continue;
    if (after.times[i] == device_.clock().now().wall.ms) continue;
    violation(done.deed.field, "is shown at another time than its author's clock said");
  }
}

/// Chooses one of the values, or the one that is shown.
Status User::settle_register(replica::Edit& edit, const Field& field, const Reading& reading) {
  const bool keeps = chance_.one_in(2);
  const std::size_t which = keeps ? 0 : chance_.below(reading.values.size());
  const Sibling chosen = reading.values[which];
  if (keeps) {
    RELAIS_TRY(edit.keep(field.document, field.path));
  } else {
    const auto view = replica::ReadView(device_.core().reading()).field(field.document, field.path);
    if (!view) return view.error();
    RELAIS_TRY(edit.resolve(field.document, field.path, view->versions[which]));
  }
  Doing& doing = begin(field, reading, with_values(reading, {chosen}));
  doing.sometimes =
      keeps ? "sometimes: a conflict is settled as shown" : "sometimes: a version is chosen";
  doing.note = [this, chosen](const ActPtr& act, const Doing& done) {
    note_write(act, done, chosen, done.deed.before.values);
  };
  return {};
}

Status User::erase_register(replica::Edit& edit, const Field& field, const Reading& reading) {
  const std::string reason = chance_.one_in(2) ? token(field) : "";
  RELAIS_TRY(edit.erase(field.document, field.path,
                        reason.empty() ? std::nullopt : std::optional(reason)));
  Doing& doing = begin(field, reading, with_values(reading, {}));
  if (!reason.empty()) doing.expected.voids = {reason};
  if (!reason.empty()) doing.sometimes = "sometimes: a field is made void";
  doing.note = [this, reason](const ActPtr& act, const Doing& done) {
    if (done.deed.after.voids != done.expected.voids && act->certainty == Certainty::certain)
      violation(done.deed.field, "doesn't say why it is void");
    note_write(act, done, {}, done.deed.before.values, reason);
  };
  return {};
}

Status User::edit_list(replica::Edit& edit, const Field& field) {
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  const std::size_t size = reading.elements.size();
  if (size > 0 && chance_.one_in(4)) return remove_from_list(edit, field, reading);
  if (size > 1 && chance_.one_in(2)) return move_in_list(edit, field, reading);
  return add_to_list(edit, field, reading);
}

Status User::remove_from_list(replica::Edit& edit, const Field& field, const Reading& reading) {
  const std::size_t index = chance_.below(reading.elements.size());
  RELAIS_TRY(edit.at(field.document, field.path + "/" + std::to_string(index),
                     [](Draft& draft, const Path& at) { return draft.erase(at); }));
  Doing& doing = begin(field, reading, reading);
  doing.expected.elements.erase(doing.expected.elements.begin() +
                                static_cast<std::ptrdiff_t>(index));
  doing.note = [this, gone = reading.elements[index]](const ActPtr& act, const Doing& done) {
    model_.remove(done.deed.field, act, gone);
  };
  return {};
}

Status User::move_in_list(replica::Edit& edit, const Field& field, const Reading& reading) {
  const std::size_t from = chance_.below(reading.elements.size());
  const std::size_t to = chance_.below(reading.elements.size());
  if (from == to) return {};
  RELAIS_TRY(edit.at(field.document, field.path,
                     [&](Draft& draft, const Path& at) { return draft.move(at, from, to); }));
  Doing& doing = begin(field, reading, reading);
  doing.sometimes = "sometimes: an element is moved";
  doing.deed.moved = reading.elements[from];
  auto& elements = doing.expected.elements;
  elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(from));
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(to), doing.deed.moved);
  const std::string after = to > 0 ? elements[to - 1] : "";
  doing.note = [this, after](const ActPtr& act, const Doing& done) {
    model_.move(done.deed.field, act, done.deed.moved, after);
  };
  return {};
}

Status User::add_to_list(replica::Edit& edit, const Field& field, const Reading& reading) {
  const std::size_t size = reading.elements.size();
  const std::string written = token(field);
  const std::size_t index = chance_.one_in(2) ? size : chance_.below(size + 1);
  RELAIS_TRY(edit.at(field.document, field.path, [&](Draft& draft, const Path& at) {
    const std::string json = "\"" + written + "\"";
    return size == 0 ? draft.append_json(at, json) : draft.insert_json(at, index, json);
  }));
  Doing& doing = begin(field, reading, reading);
  auto& elements = doing.expected.elements;
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(index), written);
  const std::string after = index > 0 ? elements[index - 1] : "";
  doing.note = [this, written, after](const ActPtr& act, const Doing& done) {
    model_.add(done.deed.field, act, written, after);
  };
  return {};
}

Status User::edit_set(replica::Edit& edit, const Field& field) {
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  const bool removes = !reading.elements.empty() && chance_.one_in(3);
  const std::string element = removes ? chance_.pick(reading.elements) : token(field);
  RELAIS_TRY(edit.at(field.document, field.path, [&](Draft& draft, const Path& at) {
    return removes ? draft.remove(at, Value(element)) : draft.add(at, Value(element));
  }));
  Doing& doing = begin(field, reading, reading);
  auto& elements = doing.expected.elements;
  if (removes) {
    std::erase(elements, element);
  } else {
    elements.insert(std::lower_bound(elements.begin(), elements.end(), element), element);
  }
  doing.note = [this, element, removes](const ActPtr& act, const Doing& done) {
    removes ? model_.remove(done.deed.field, act, element)
            : model_.add(done.deed.field, act, element, "");
  };
  return {};
}

Status User::edit_text(replica::Edit& edit, const Field& field) {
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  // Words end with a space, so others may write between any two.
  std::vector<std::size_t> starts{0};
  for (const std::string& word : reading.elements)
    starts.push_back(starts.back() + word.size() + 1);
  const std::size_t place = chance_.below(starts.size());
  const bool removes = place < reading.elements.size() && chance_.one_in(4);
  const std::string word = removes ? reading.elements[place] : token(field);
  RELAIS_TRY(edit.at(field.document, field.path, [&](Draft& draft, const Path& at) {
    if (!removes) return draft.splice_text(at, starts[place], 0, word + " ");
    return draft.splice_text(at, starts[place], word.size() + 1, "");
  }));
  Doing& doing = begin(field, reading, reading);
  auto& words = doing.expected.elements;
  const auto at = words.begin() + static_cast<std::ptrdiff_t>(place);
  removes ? words.erase(at) : words.insert(at, word);
  const std::string after = place > 0 ? reading.elements[place - 1] : "";
  doing.note = [this, word, removes, after](const ActPtr& act, const Doing& done) {
    if (removes) return model_.remove(done.deed.field, act, word);
    model_.add(done.deed.field, act, word, after);
  };
  return {};
}

Status User::edit_counter(replica::Edit& edit, const Field& field) {
  const std::int64_t delta = chance_.between(-3, 9);
  if (delta == 0 || touched(field)) return {};
  const Reading reading = read_field(device_, field);
  RELAIS_TRY(edit.at(field.document, field.path,
                     [&](Draft& draft, const Path& at) { return draft.count(at, delta); }));
  Doing& doing = begin(field, reading, reading);
  doing.expected.count += delta;
  doing.note = [this, delta](const ActPtr& act, const Doing& done) {
    model_.count(done.deed.field, act, delta);
  };
  return {};
}

}  // namespace relais::simulator
