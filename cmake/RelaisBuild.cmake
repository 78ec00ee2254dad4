# What every target of Relais is built with, and the functions that declare modules and tests.

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

find_program(RELAIS_CCACHE ccache)
if(RELAIS_CCACHE AND PROJECT_IS_TOP_LEVEL)
  # As its manual says of precompiled headers. Clang's name the folder they were made in: no other
  # clone may have them.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros "${RELAIS_CCACHE}")
  if(RELAIS_PCH AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    list(INSERT CMAKE_CXX_COMPILER_LAUNCHER 1 -u CCACHE_BASEDIR -u CCACHE_NOHASHDIR)
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
find_program(RELAIS_MOLD mold)
if(RELAIS_MOLD AND PROJECT_IS_TOP_LEVEL)
  add_link_options(-fuse-ld=mold)
endif()

# Warnings are ours alone: a private interface target, never passed on to who links relais.
add_library(relais_warnings INTERFACE)
target_compile_options(relais_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
# Clang reports what GCC 12's headers do inside std::stable_sort; GCC reports what we do.
target_compile_options(relais_warnings INTERFACE
                       $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(RELAIS_WERROR)
  target_compile_options(relais_warnings INTERFACE -Werror)
endif()

if(RELAIS_SANITIZE)
  add_compile_options(-fsanitize=${RELAIS_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${RELAIS_SANITIZE})
  # GCC 12 warns of unset members of std::variant that only its own instrumentation makes reachable.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(RELAIS_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()

if(RELAIS_COVERAGE)  # Clang's own counters: exact lines and branches, whatever the optimiser does
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

if(CMAKE_CXX_CLANG_TIDY)  # generated code, in the build directory, is nobody's style
  file(WRITE "${CMAKE_BINARY_DIR}/.clang-tidy" "Checks: '-*,llvm-twine-local'\n")
endif()
if(RELAIS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# --- precompiled headers ---------------------------------------------------------------------

# Most of what compiling a file takes is reading the standard library. With RELAIS_PCH it is read
# once for each way of compiling: library, program, test. Files name what they use all the same, for
# other builds (release, tidy) do without.
set(RELAIS_STANDARD_HEADERS
    <algorithm> <array> <chrono> <cstdint> <cstring> <deque> <filesystem> <functional> <limits> <map>
    <memory> <mutex> <optional> <set> <span> <string> <string_view> <tuple> <unordered_map>
    <utility> <variant> <vector>)

# relais_precompiled(NAME [HEADERS header ...] [LIBRARIES target ...] [PIC])
# The standard headers, and these, for the targets that relais_precompile gives NAME.
function(relais_precompiled name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PIC" "" "HEADERS;LIBRARIES")
  if(NOT RELAIS_PCH OR TARGET relais_precompiled_${name})
    return()
  endif()
  set(source "${PROJECT_BINARY_DIR}/precompiled/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Only for its headers.\n")
  add_library(relais_precompiled_${name} OBJECT "${source}")
  set_target_properties(relais_precompiled_${name} PROPERTIES POSITION_INDEPENDENT_CODE ${arg_PIC})
  target_compile_features(relais_precompiled_${name} PRIVATE cxx_std_20)
  target_link_libraries(relais_precompiled_${name} PRIVATE relais_warnings ${arg_LIBRARIES})
  target_precompile_headers(relais_precompiled_${name} PRIVATE ${RELAIS_STANDARD_HEADERS}
                                                               ${arg_HEADERS})
endfunction()
relais_precompiled(library PIC)
relais_precompiled(program)

function(relais_precompile target name)
  if(TARGET relais_precompiled_${name})
    target_precompile_headers(${target} REUSE_FROM relais_precompiled_${name})
    # Precompiled, the standard headers aren't system headers to GCC 12, and it takes a string's small
    # buffer for what is on the heap (GCC bug 105651).
    if(NOT name STREQUAL "library")
      target_compile_options(${target} PRIVATE
        "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
    endif()
  endif()
endfunction()

# --- unity builds ----------------------------------------------------------------------------

# With RELAIS_UNITY so many files of a target are compiled as one: half of what compiling a test takes
# is instantiating the same templates once more. Names in an unnamed namespace must then differ
# between the files of a target.
set(RELAIS_UNITY_BATCH 4)
function(relais_unite target)
  if(RELAIS_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON
                                               UNITY_BUILD_BATCH_SIZE ${RELAIS_UNITY_BATCH})
  endif()
endfunction()

# --- modules, tests, fuzz targets ------------------------------------------------------------

# relais_module(NAME [APART] SOURCES ... [USES module ...] [LIBRARIES target ...])
# One folder of src/ as an object library. USES names the modules above it in the layer list. One
# that is APART is no part of the one library: it goes into a library of its own.
function(relais_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "APART" "" "SOURCES;USES;LIBRARIES")
  set(target relais_${name})
  add_library(${target} OBJECT ${arg_SOURCES})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/src"
                                              "${PROJECT_SOURCE_DIR}/include")
  target_compile_definitions(${target} PRIVATE RELAIS_BUILDING)
  target_link_libraries(${target} PRIVATE relais_warnings)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  relais_precompile(${target} library)
  relais_unite(${target})
  # Objects of the modules used come along only where a program links them (relais_link_modules).
  set_property(GLOBAL PROPERTY RELAIS_USES_${name} "${arg_USES}")
  set_property(GLOBAL PROPERTY RELAIS_LIBRARIES_${name} "${arg_LIBRARIES}")
  if(NOT arg_APART)
    set_property(GLOBAL APPEND PROPERTY RELAIS_MODULES ${name})
  endif()
  foreach(used IN LISTS arg_LIBRARIES)
    target_link_libraries(${target} PRIVATE ${used})
  endforeach()
  foreach(used IN LISTS arg_USES)
    if(TARGET relais_${used}_generated)
      add_dependencies(${target} relais_${used}_generated)
    endif()
  endforeach()
endfunction()

# Links a program against modules directly, with all that those use: hidden symbols hide no test.
function(relais_link_modules target)
  set(todo ${ARGN})
  set(done "")
  while(todo)
    list(POP_FRONT todo name)
    if(name IN_LIST done)
      continue()
    endif()
    list(APPEND done ${name})
    get_property(uses GLOBAL PROPERTY RELAIS_USES_${name})
    get_property(libraries GLOBAL PROPERTY RELAIS_LIBRARIES_${name})
    list(APPEND todo ${uses})
    if(RELAIS_ARCHIVE)
      target_sources(${RELAIS_ARCHIVE} PRIVATE $<TARGET_OBJECTS:relais_${name}>)
      target_link_libraries(${target} PRIVATE ${libraries})
    else()
      target_link_libraries(${target} PRIVATE relais_${name} ${libraries})
    endif()
  endwhile()
endfunction()

# relais_test(NAME SOURCES ... MODULES ... [LIBRARIES ...] [LABELS ...])
# One GoogleTest program; ctest lists each of its tests.
function(relais_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;MODULES;LIBRARIES;LABELS")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/src"
                                             "${PROJECT_SOURCE_DIR}/tests")
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE relais_warnings ${arg_LIBRARIES} GTest::gmock
                                        GTest::gtest_main)
  relais_precompile(${name} test)
  relais_unite(${name})
  relais_link_modules(${name} ${arg_MODULES})
  target_compile_definitions(${name} PRIVATE
    RELAIS_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    RELAIS_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared")
  # One ctest entry a program: starting a process for each of hundreds of tests costs more than they do.
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 900)
endfunction()

# relais_counted_test(NAME COUNTED ... SOURCES ... MODULES ... [LIBRARIES ...])
# A test that asks how many steps something takes, whatever the machine: the files of src/ that are
# COUNTED are compiled once more, so that each of their basic blocks calls
# __sanitizer_cov_trace_pc, and stand in the place of the modules' own.
function(relais_counted_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "COUNTED;SOURCES;MODULES;LIBRARIES")
  list(TRANSFORM arg_COUNTED PREPEND "${PROJECT_SOURCE_DIR}/src/")
  # Where several files are one object, the linker can't leave out a counted one.
  foreach(file IN LISTS arg_COUNTED)
    string(REGEX REPLACE "^.*/src/([a-z]+)/.*$" "relais_\\1" module "${file}")
    set_source_files_properties("${file}" TARGET_DIRECTORY ${module}
                                PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
  add_library(${name}_counted OBJECT ${arg_COUNTED})
  target_compile_options(${name}_counted PRIVATE -fsanitize-coverage=trace-pc)
  target_compile_features(${name}_counted PUBLIC cxx_std_20)
  if(RELAIS_PCH)
    target_precompile_headers(${name}_counted PRIVATE ${RELAIS_STANDARD_HEADERS})
  endif()
  target_include_directories(${name}_counted PUBLIC "${PROJECT_SOURCE_DIR}/src"
                                                    "${PROJECT_SOURCE_DIR}/include")
  # From an archive the linker takes only what the counted files don't define.
  set(RELAIS_ARCHIVE ${name}_modules)
  add_library(${RELAIS_ARCHIVE} STATIC)
  relais_test(${name} SOURCES ${arg_SOURCES} MODULES ${arg_MODULES}
              LIBRARIES ${arg_LIBRARIES} ${name}_counted ${name}_modules)
endfunction()

# relais_fuzz(NAME SOURCES ... MODULES ... [LIBRARIES ...])
# One libFuzzer target: ./dev fuzz NAME SECONDS. Its seeds, and every input that once broke it, lie
# in fuzz/corpus/NAME; the tests run those once, as fuzz_NAME.
function(relais_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;MODULES;LIBRARIES")
  set(target fuzz_${name})
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/src"
                                               "${PROJECT_SOURCE_DIR}/tests")
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE relais_warnings relais_fuzz_entry ${arg_LIBRARIES})
  relais_precompile(${target} program)
  relais_link_modules(${target} ${arg_MODULES})
  set_target_properties(${target} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzzers")
  set(runs "")
  if(RELAIS_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(runs -runs=0)
  endif()
  add_test(NAME ${target} COMMAND ${target} ${runs} "${PROJECT_SOURCE_DIR}/fuzz/corpus/${name}")
  set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()
