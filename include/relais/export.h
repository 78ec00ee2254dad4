#pragma once

/// Marks what a shared relais exports; everything else in it is hidden. On functions, on classes
/// with members defined in a .cpp file, and on nothing else.
#define RELAIS_API __attribute__((visibility("default")))
