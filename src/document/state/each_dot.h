#pragma once

#include "document/state/table.h"

namespace relais::document {

/// Visits the dots of all items that a mark at the node could cover, and of marks, Keeps and signs
/// of Restores themselves.
template <class Visit>
void each_dot(const Extras& extras, const Visit& visit) {
  for (const Dots& dots : extras.present) {
    for (const LocalDot& dot : dots) visit(dot);
  }
  for (const SetElement& element : extras.set) {
    for (const LocalDot& dot : element.dots) visit(dot);
  }
  for (const Total& count : extras.counts) visit(count.dot);
  for (auto run = extras.text.head(); run != Sequence::kNone; run = extras.text.run(run).after) {
    if (!extras.text.run(run).deleted) visit(extras.text.run(run).first);
  }
  const Rare& rare = *extras.rare;
  for (const Versioned& version : rare.last_writer) visit(version.dot);
  for (const Versioned& version : rare.ranked) visit(version.dot);
  for (const Moved& move : rare.moves) visit(move.dot);
  for (const Mark& mark : rare.marks) visit(mark.dot);
  for (const Keep& keep : rare.keeps) visit(keep.dot);
  for (const LocalDot& sign : rare.restores) visit(sign);
}

/// The same at the node and below it.
template <class Visit>
void each_dot(const Node& node, const Visit& visit) {
  for (const Versioned& version : node.values) visit(version.dot);
  if (node.extras) each_dot(*node.extras, visit);
  for (const Child& child : node.children) each_dot(child.node, visit);
}

}  // namespace relais::document
