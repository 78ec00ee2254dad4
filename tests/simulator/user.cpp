#include "simulator/user.h"

#include <nlohmann/json.hpp>

#include "base/try.h"
#include "engine/reader.h"

namespace relais::simulator {
namespace {

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> found;
  std::size_t begin = 0;
  for (std::size_t end = text.find(' '); end != std::string::npos; end = text.find(' ', begin)) {
    found.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (begin < text.size()) found.push_back(text.substr(begin));
  return found;
}

std::vector<std::string> list_elements(engine::Reader& reader, const Field& field) {
  std::vector<std::string> found;
  const auto json = reader.json(field.document);
  if (!json) return found;
  const auto pointer = nlohmann::json::json_pointer("/" + field.path);
  const auto document = nlohmann::json::parse(*json);
  for (const auto& element : document.at(pointer)) {
    found.push_back(element.get<std::string>());
  }
  return found;
}

std::string text_of(const Value& value) {
  return value.text() != nullptr ? *value.text() : std::string();
}

}  // namespace

Reading read_field(Device& device, const Field& field) {
  Reading reading;
  engine::Core& core = device.core();
  engine::Reader reader(core, *core.store);
  const auto view = reader.field(field.document, field.path);
  if (!view) return reading;
  reading.count = view->count;
  for (const Version& version : view->versions) reading.values.push_back(text_of(version.value));
  for (const Value& element : view->elements) reading.elements.push_back(text_of(element));
  if (view->kind == FieldKind::text) reading.elements = words(view->text);
  if (view->kind == FieldKind::list) reading.elements = list_elements(reader, field);
  return reading;
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

std::string canary_of(const std::string& scope, const std::string& label) {
  return std::string(kCanary) + "." + scope + "." + label + ".";
}

std::string User::token(const Field& field) {
  const std::string section = field.path.substr(0, field.path.find('/'));
  return canary_of(field.document.scope, section) + device_.name() + "." +
         std::to_string(written_++);
}

bool User::work() {
  engine::Core& core = device_.core();
  const int boot = device_.boots();
  notes_.clear();
  touched_.clear();
  Status done;
  {
    const std::lock_guard lock(core.mutex);
    engine::Edit edit(core);
    const std::uint64_t edits = 1 + chance_.below(3);
    for (std::uint64_t i = 0; done && i < edits; ++i) done = edit_something(edit);
    if (done && !notes_.empty()) done = edit.commit();
  }
  if (notes_.empty()) return false;
  const bool acknowledged = done.has_value() && device_.on() && device_.boots() == boot;
  const auto act = std::make_shared<Act>(Act{acknowledged ? Fate::certain : Fate::maybe});
  for (const Note& note : notes_) note(act);
  acts_.push_back(act);
  world_.counts.add(acknowledged ? "writes acknowledged" : "sometimes: a write fails");
  world_.counts.add("operations", notes_.size());
  return acknowledged;
}

void User::forget_since(std::size_t mark) {
  for (std::size_t i = mark; i < acts_.size(); ++i) acts_[i]->fate = Fate::maybe;
}

/// Of the user's team, but for a few.
DocumentId User::some_case() {
  const std::uint64_t all = register_.cases_per_scope;
  const bool others = chance_.one_in(16);
  const std::uint64_t number =
      others ? chance_.below(all)
             : (team * register_.cases_per_team + chance_.below(register_.cases_per_team)) % all;
  return {chance_.pick(scopes), "cases", std::to_string(number)};
}

Status User::edit_something(engine::Edit& edit) {
  const DocumentId document = some_case();
  const std::string section = chance_.pick(labels);
  switch (chance_.below(8)) {
    case 0: return edit_list(edit, {document, section + "/visits"});
    case 1: return edit_set(edit, {document, section + "/allergies"});
    case 2: return edit_counter(edit, {document, section + "/sessions"});
    case 3: return edit_text(edit, {document, section + "/note"});
    default: return edit_register(edit, document, section);
  }
}

Status User::edit_register(engine::Edit& edit, const DocumentId& document,
                           const std::string& section) {
  static const std::vector<std::string> kNames{"status", "weight", "more/urgency", "more/plan"};
  const Field field{document, section + "/" + chance_.pick(kNames)};
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  if (!reading.values.empty() && chance_.one_in(8)) return erase_register(edit, field, reading);
  const std::string written = token(field);
  RELAIS_TRY(edit.at(document, field.path, [&](document::Draft& draft, const document::Path& at) {
    return draft.set(at, Value(written));
  }));
  if (reading.values.size() > 1) world_.counts.add("sometimes: a conflict is resolved");
  notes_.push_back([this, field, written, seen = reading.values](const ActPtr& act) {
    model_.set(field, act, written, seen);
  });
  return {};
}

Status User::erase_register(engine::Edit& edit, const Field& field, const Reading& reading) {
  RELAIS_TRY(
      edit.at(field.document, field.path,
              [](document::Draft& draft, const document::Path& at) { return draft.erase(at); }));
  notes_.push_back(
      [this, field, seen = reading.values](const ActPtr& act) { model_.erase(field, act, seen); });
  return {};
}

Status User::edit_list(engine::Edit& edit, const Field& field) {
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  const std::size_t size = reading.elements.size();
  if (size > 0 && chance_.one_in(4)) {
    const std::size_t index = chance_.below(size);
    RELAIS_TRY(
        edit.at(field.document, field.path + "/" + std::to_string(index),
                [](document::Draft& draft, const document::Path& at) { return draft.erase(at); }));
    notes_.push_back([this, field, gone = reading.elements[index]](const ActPtr& act) {
      model_.remove(field, act, gone);
    });
    return {};
  }
  const std::string written = token(field);
  const std::size_t index = chance_.one_in(2) ? size : chance_.below(size + 1);
  RELAIS_TRY(
      edit.at(field.document, field.path, [&](document::Draft& draft, const document::Path& at) {
        const std::string json = "\"" + written + "\"";
        return size == 0 ? draft.append_json(at, json) : draft.insert_json(at, index, json);
      }));
  const std::string after = index > 0 ? reading.elements[index - 1] : "";
  notes_.push_back(
      [this, field, written, after](const ActPtr& act) { model_.add(field, act, written, after); });
  return {};
}

Status User::edit_set(engine::Edit& edit, const Field& field) {
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  const bool removes = !reading.elements.empty() && chance_.one_in(3);
  const std::string element = removes ? chance_.pick(reading.elements) : token(field);
  RELAIS_TRY(
      edit.at(field.document, field.path, [&](document::Draft& draft, const document::Path& at) {
        return removes ? draft.remove(at, Value(element)) : draft.add(at, Value(element));
      }));
  notes_.push_back([this, field, element, removes](const ActPtr& act) {
    removes ? model_.remove(field, act, element) : model_.add(field, act, element, "");
  });
  return {};
}

Status User::edit_text(engine::Edit& edit, const Field& field) {
  if (touched(field)) return {};
  const Reading reading = read_field(device_, field);
  // Words end with a space; so each place between two is one where somebody else may write too.
  std::vector<std::size_t> starts{0};
  for (const std::string& word : reading.elements)
    starts.push_back(starts.back() + word.size() + 1);
  const std::size_t place = chance_.below(starts.size());
  const bool removes = place < reading.elements.size() && chance_.one_in(4);
  const std::string written = token(field);
  RELAIS_TRY(
      edit.at(field.document, field.path, [&](document::Draft& draft, const document::Path& at) {
        if (!removes) return draft.splice_text(at, starts[place], 0, written + " ");
        return draft.splice_text(at, starts[place], reading.elements[place].size() + 1, "");
      }));
  const std::string after = place > 0 ? reading.elements[place - 1] : "";
  notes_.push_back([=, this](const ActPtr& act) {
    if (removes) return model_.remove(field, act, reading.elements[place]);
    model_.add(field, act, written, after);
  });
  return {};
}

Status User::edit_counter(engine::Edit& edit, const Field& field) {
  const std::int64_t delta = chance_.between(-3, 9);
  if (delta == 0 || touched(field)) return {};
  RELAIS_TRY(edit.at(
      field.document, field.path,
      [&](document::Draft& draft, const document::Path& at) { return draft.count(at, delta); }));
  notes_.push_back([this, field, delta](const ActPtr& act) { model_.count(field, act, delta); });
  return {};
}

}  // namespace relais::simulator
