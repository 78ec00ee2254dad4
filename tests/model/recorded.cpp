#include "model/recorded.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "model/text.h"
#include "model/writers.h"

namespace relais::model {
namespace {

using Json = nlohmann::json;

struct Named {
  const char* name;
  Wish wish;
};
constexpr Named kWishes[] = {{"set", Wish::set},        {"both", Wish::both},
                             {"rdel", Wish::clear},     {"del", Wish::del},
                             {"void", Wish::make_void}, {"restore", Wish::restore},
                             {"new", Wish::anew},       {"over", Wish::over},
                             {"count", Wish::count},    {"add", Wish::add},
                             {"rem", Wish::remove},     {"ins", Wish::insert},
                             {"edit", Wish::edit},      {"edel", Wish::erase},
                             {"move", Wish::move},      {"import", Wish::import_file},
                             {"adopt", Wish::adopt}};

Wish wish_of(const std::string& name) {
  const auto found = std::find_if(std::begin(kWishes), std::end(kWishes),
                                  [&](const Named& one) { return one.name == name; });
  require(found != std::end(kWishes), "a script names an action that isn't known");
  return found->wish;
}

const char* name_of(Wish wish) {
  return std::find_if(std::begin(kWishes), std::end(kWishes),
                      [&](const Named& one) { return one.wish == wish; })
      ->name;
}

bool has_path(Wish wish) {
  switch (wish) {
    case Wish::set:
    case Wish::clear:
    case Wish::del:
    case Wish::make_void:
    case Wish::restore:
    case Wish::anew:
    case Wish::over: return true;
    default: return false;
  }
}

Json json_of(const Action& action) {
  Json json = {name_of(action.wish)};
  if (action.wish == Wish::adopt) {
    json.push_back({action.adopted.author, action.adopted.seq});
  } else if (has_path(action.wish)) {
    Json& path = json.emplace_back(Json::array());
    for (const Step& step : action.path) path.push_back(std::string(1, step.name));
  } else if (!action.text.empty()) {
    json.push_back(action.text);
  }
  return json;
}

Json json_of(const Deed& deed) {
  switch (deed.what) {
    case Does::cuts: return {"cut", deed.author, deed.seq};
    case Does::extends: return {"extend", deed.author};
    case Does::acts: break;
  }
  return {deed.author, Json(deed.from), deed.action ? json_of(*deed.action) : Json()};
}

Path path_in(const Json& names) {
  Path path;
  for (const Json& name : names) path.push_back({name.get<std::string>().front(), {}});
  return path;
}

Action action_of(const Json& json) {
  Action action;
  action.wish = wish_of(json[0]);
  if (json.size() == 1) return action;
  if (action.wish == Wish::adopt) {
    action.adopted = {json[1][0], json[1][1]};
  } else if (json[1].is_string()) {
    action.text = json[1];
  } else {
    action.path = path_in(json[1]);
  }
  return action;
}

Deed deed_of(const Json& json) {
  Deed deed;
  if (json[0].is_string()) {
    deed.what = json[0] == "cut" ? Does::cuts : Does::extends;
    deed.author = json[1];
    if (deed.what == Does::cuts) deed.seq = json[2];
    return deed;
  }
  deed.author = json[0];
  deed.from = json[1].get<std::vector<int>>();
  if (!json[2].is_null()) deed.action = action_of(json[2]);
  return deed;
}

}  // namespace

std::string line_of(const Setting& setting, const std::vector<Deed>& deeds) {
  Json unreadable = Json::array();
  for (const auto& [author, places] : setting.unreadable) {
    for (const Place& place : places) unreadable.push_back({author, place.author, place.seq});
  }
  Json json;
  json["setting"] = {{"authors", setting.authors},
                     {"whole", setting.whole},
                     {"base", setting.has_base},
                     {"unreadable", unreadable}};
  json["deeds"] = Json::array();
  for (const Deed& deed : deeds) json["deeds"].push_back(json_of(deed));
  return json.dump() + "\n";
}

Recorded parse(std::string_view line) {
  const Json json = Json::parse(line);
  const Json& setting = json["setting"];
  Recorded recorded;
  recorded.setting = {setting["authors"], setting["whole"], setting["base"], {}, false};
  for (const Json& one : setting["unreadable"]) {
    recorded.setting.unreadable[one[0]].insert({one[1], one[2]});
  }
  for (const Json& deed : json["deeds"]) recorded.deeds.push_back(deed_of(deed));
  recorded.changes = json["changes"].get<std::vector<std::string>>();
  for (const Json& one : json["states"]) {
    recorded.results.push_back(
        {std::stoull(one[0].get<std::string>()), std::stoull(one[1].get<std::string>()), one[2]});
  }
  return recorded;
}

std::string difference(const Recorded& recorded) {
  const World world = play(recorded.setting, recorded.deeds);
  const auto& changes = world.history().changes();
  const auto differs = [&](const std::string& what, const std::string& ours,
                           const std::string& theirs) {
    return what + "\n  here:     " + ours + "\n  recorded: " + theirs + "\n" +
           text_of(world.history());
  };
  for (std::size_t i = 0; i < changes.size() && i < recorded.changes.size(); ++i) {
    const std::string text = text_of(changes[i]);
    if (text != recorded.changes[i]) {
      return differs("Change " + std::to_string(i), text, recorded.changes[i]);
    }
  }
  if (changes.size() != recorded.changes.size()) {
    return differs("Numbers of changes", std::to_string(changes.size()),
                   std::to_string(recorded.changes.size()));
  }
  for (const auto& [admitted, gone, state] : recorded.results) {
    const std::string text = text_of(evaluate(world.history(), admitted, gone));
    if (text == state) continue;
    return differs("State of " + std::to_string(admitted) + " without " + std::to_string(gone),
                   text, state);
  }
  return {};
}

}  // namespace relais::model
