# Installs components into an empty prefix, builds a stranger's project against them, runs it.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/stranger.cmake")
if(NOT EXISTS "${COMPILER}")
  return()
endif()

install_components()
run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${build}" -G Ninja "-DCMAKE_PREFIX_PATH=${prefix}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror"
    -DEXPECTED_KIND=${KIND})
run("${CMAKE_COMMAND}" --build "${build}")
foreach(program IN LISTS PROGRAMS)
  run("${CMAKE_COMMAND}" -E chdir "${build}" "${build}/${program}")
  message(STATUS "${output}")
endforeach()
