#include "model/text.h"

namespace relais::model {
namespace {

const char* name_of(Verb verb) {
  switch (verb) {
    case Verb::set: return "set";
    case Verb::clear: return "clear";
    case Verb::del: return "delete";
    case Verb::restore: return "restore";
    case Verb::make: return "make";
    case Verb::keep: return "keep";
    case Verb::withdraw: return "withdraw";
    case Verb::add: return "add";
    case Verb::remove: return "remove";
    case Verb::count: return "count";
    case Verb::insert: return "insert";
    case Verb::move: return "move";
    case Verb::nothing: break;
  }
  return "nothing";
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::value: return "value";
    case Kind::element: return "element";
    case Kind::count: return "count";
    case Kind::insert: return "insert";
    case Kind::make: return "make";
    case Kind::move: return "move";
    case Kind::keep: return "keep";
    case Kind::sign: break;
  }
  return "sign";
}

std::string text_of(const Place& place) {
  return std::to_string(place.author) + "." + std::to_string(place.seq);
}

/// " a b c", or " -".
template <class List>
std::string listed(const List& list) {
  std::string text;
  for (const auto& one : list) text += " " + text_of(one);
  return text.empty() ? " -" : text;
}

std::string numbers(Set set, int from) {
  std::string text;
  for (int i = 0; i < kMostChanges; ++i) {
    if (has(set, i)) text += " " + std::to_string(from + i);
  }
  return text.empty() ? " -" : text;
}

std::string text_of(const Op& op) {
  return std::string(" ") + name_of(op.verb) + " " + text_of(op.path) + " '" + op.text + "' " +
         std::to_string(op.number) + listed(op.dots) + ";";
}

std::string text_of(const Carry& carry) {
  switch (carry.what) {
    case Carries::itself: return "";
    case Carries::an_import: return " import";
    case Carries::an_adoption: break;
  }
  return " adoption " + text_of(carry.adopted);
}

std::string text_of(const Item& item) {
  return text_of(item.dot) + " " + name_of(item.kind) + " " + text_of(item.path) + " '" +
         item.text + "' " + std::to_string(item.number) + listed(item.dots) +
         (item.is_shown ? " shown;" : ";");
}

std::string text_of(const Mark& mark) {
  return text_of(mark.dot) + " " + text_of(mark.path) + " '" + mark.reason + "'" +
         (mark.is_contested ? " contested;" : ";");
}

}  // namespace

std::string text_of(const Dot& dot) {
  return std::to_string(dot.unit) + "." + std::to_string(dot.index);
}

std::string text_of(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    text += "/";
    text += step.name != 0 ? std::string(1, step.name) : text_of(step.element);
  }
  return text.empty() ? "/" : text;
}

std::string text_of(const Change& change) {
  std::string text = text_of(change.place) + " saw" + numbers(change.saw, 0) +
                     (change.is_whole ? " whole" : " lists") + listed(change.entries) + " holes" +
                     listed(change.holes) + " contents" + numbers(change.listed, kContent) +
                     text_of(change.carry) + ":";
  for (const Op& op : change.ops) text += text_of(op);
  return text;
}

std::string text_of(const State& state) {
  std::string text = "items: ";
  for (const Item& item : state.items) {
    if (item.is_live) text += text_of(item) + " ";
  }
  text += "marks: ";
  for (const Mark& mark : state.marks) {
    if (mark.stands) text += text_of(mark) + " ";
  }
  text += "counters:";
  for (const auto& [path, value] : state.counters) {
    text += " " + text_of(path) + " " + std::to_string(value);
  }
  return text;
}

std::string text_of(const History& history) {
  std::string text;
  for (const Change& change : history.changes()) {
    text += std::to_string(change.number) + ": " + text_of(change) + "\n";
  }
  return text;
}

}  // namespace relais::model
