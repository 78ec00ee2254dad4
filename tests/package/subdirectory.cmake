# Configures a stranger's project that has relais's sources below it, and compiles his part; with
# RELAIS_PACKAGE_WHOLE=1 in the environment relais too, minutes for what the other tests have built.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/stranger.cmake")

cmake_path(GET SOURCE PARENT_PATH strangers)
run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${build}" -G Ninja "-DSOURCE=${strangers}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}")
run("${CMAKE_COMMAND}" --build "${build}" --target stranger_objects home_visits_objects)
if("$ENV{RELAIS_PACKAGE_WHOLE}")
  run("${CMAKE_COMMAND}" --build "${build}")
  foreach(program IN LISTS PROGRAMS)
    run("${CMAKE_COMMAND}" -E chdir "${build}" "${build}/${program}")
    message(STATUS "${output}")
  endforeach()
endif()
