#pragma once

/// Marks the symbols that a shared library of Relais exports. For functions, and for classes with
/// members defined in a .cpp file.
#define RELAIS_API __attribute__((visibility("default")))
