#include "simulator/reading.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "replica/read/read_view.h"

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

std::vector<std::string> list_elements(replica::ReadView& reader, const Field& field) {
  std::vector<std::string> found;
  const auto json = reader.json(field.document);
  if (!json) return found;
  const auto pointer = nlohmann::json::json_pointer("/" + field.path);
  const auto document = nlohmann::json::parse(*json);
  if (!document.contains(pointer)) return found;  // a field of another kind is shown there
  for (const auto& element : document.at(pointer)) {
    found.push_back(element.is_string() ? element.get<std::string>() : element.dump());
  }
  return found;
}

std::string text_of(const Value& value) {
  return value.text() != nullptr ? *value.text() : std::string();
}

std::string words_of(const Provenance& written) {
  return to_hex(written.author.view()) + "." + std::to_string(written.seq);
}

std::vector<std::string> reasons(replica::ReadView& reader, const Field& field) {
  std::vector<std::string> found;
  const auto voids = reader.voids(field.document);
  if (!voids) return found;
  for (const VoidView& view : *voids) {
    if (view.path == field.path) found.push_back(view.reason);
  }
  return found;
}

std::multiset<std::pair<std::string, std::uint32_t>> values_of(const Reading& reading) {
  std::multiset<std::pair<std::string, std::uint32_t>> values;
  for (const Sibling& value : reading.values) values.emplace(value.token, value.rank);
  return values;
}

}  // namespace

Reading read_field(Device& device, const Field& field) {
  Reading reading;
  const SteadyReads steady(device);
  replica::Core& core = device.core();
  replica::ReadView reader(core.reading());
  const auto view = reader.field(field.document, field.path);
  if (!view) {
    reading.voids = reasons(reader, field);
    return reading;
  }
  reading.kind = view->kind;
  reading.count = view->count;
  for (const Version& version : view->versions) {
    reading.values.push_back({text_of(version.value), words_of(version.written), version.rank});
    reading.times.push_back(version.written.time_ms);
  }
  for (const Value& element : view->elements) reading.elements.push_back(text_of(element));
  if (view->kind == FieldKind::text) reading.elements = words(view->text);
  if (view->kind == FieldKind::list) reading.elements = list_elements(reader, field);
  return reading;
}

bool contains(const std::vector<Sibling>& siblings, const Sibling& one) {
  return std::find(siblings.begin(), siblings.end(), one) != siblings.end();
}

bool contains(const std::vector<std::string>& tokens, const std::string& one) {
  return std::find(tokens.begin(), tokens.end(), one) != tokens.end();
}

const Sibling* find(const std::vector<Sibling>& siblings, const std::string& token) {
  const auto found = std::find_if(siblings.begin(), siblings.end(),
                                  [&](const Sibling& one) { return one.token == token; });
  return found != siblings.end() ? &*found : nullptr;
}

bool shows_alike(const Reading& a, const Reading& b) {
  return a.elements == b.elements && holds_alike(a, b);
}

bool holds_alike(const Reading& a, const Reading& b) {
  return values_of(a) == values_of(b) && a.count == b.count &&
         std::is_permutation(a.elements.begin(), a.elements.end(), b.elements.begin(),
                             b.elements.end());
}

}  // namespace relais::simulator
