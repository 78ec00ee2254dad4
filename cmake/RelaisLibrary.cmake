# The one library made of all modules, and how it is installed.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# relais_library(TARGET [STATIC | SHARED])
# All modules' objects as one library; without a type, BUILD_SHARED_LIBS decides.
function(relais_library target)
  add_library(${target} ${ARGN})
  get_property(modules GLOBAL PROPERTY RELAIS_MODULES)
  foreach(module IN LISTS modules)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:relais_${module}>)
    get_property(libraries GLOBAL PROPERTY RELAIS_LIBRARIES_${module})
    list(REMOVE_ITEM libraries ${RELAIS_HEADER_LIBRARIES})
    target_link_libraries(${target} PRIVATE ${libraries})
  endforeach()
  file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/relais/*.h")
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include"
                                  FILES ${headers})
  relais_shape_library(${target} relais relais "${PROJECT_SOURCE_DIR}/src/relais.map")
endfunction()

# Its names, its version, and what a shared one exports.
function(relais_shape_library target file_name name map)
  target_compile_features(${target} PUBLIC cxx_std_20)
  # Before 1.0 a minor version may change the ABI.
  set_target_properties(${target} PROPERTIES
    LINKER_LANGUAGE CXX
    OUTPUT_NAME ${file_name}
    EXPORT_NAME ${name}
    VERSION "${PROJECT_VERSION}"
    SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}"
    LINK_DEPENDS "${map}")
  get_target_property(type ${target} TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    # Templates of the standard library are visible by default: the map keeps them inside.
    target_link_options(${target} PRIVATE "LINKER:--version-script=${map}")
    if(NOT RELAIS_SANITIZE)  # whose runtime comes with the program
      target_link_options(${target} PRIVATE LINKER:-z,defs)
    endif()
  endif()
endfunction()

# relais_install(TARGET COMPONENT [EXCLUDE_FROM_ALL])
# Install rules for one library made by relais_library, with the package's config beside it.
function(relais_install target component)
  set(relais_targets ${component}Targets)  # a file of its own name: CMake stages it by that
  set(relais_typed_targets ${component}_typedTargets)  # if that component is installed too
  set(folder "${CMAKE_INSTALL_LIBDIR}/cmake/relais")
  install(TARGETS ${target} EXPORT ${relais_targets}
          ARCHIVE COMPONENT ${component} ${ARGN}
          LIBRARY COMPONENT ${component} ${ARGN}
          RUNTIME COMPONENT ${component} ${ARGN}
          FILE_SET HEADERS COMPONENT ${component} ${ARGN})
  install(EXPORT ${relais_targets} NAMESPACE relais:: FILE ${relais_targets}.cmake
          DESTINATION "${folder}" COMPONENT ${component} ${ARGN})

  get_target_property(type ${target} TYPE)
  string(COMPARE EQUAL "${type}" STATIC_LIBRARY relais_is_static)
  set(made "${CMAKE_CURRENT_BINARY_DIR}/${component}")
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/relaisConfig.cmake.in"
                                "${made}/relaisConfig.cmake" INSTALL_DESTINATION "${folder}")
  write_basic_package_version_file("${made}/relaisConfigVersion.cmake"
                                   COMPATIBILITY SameMinorVersion)
  install(FILES "${made}/relaisConfig.cmake" "${made}/relaisConfigVersion.cmake"
                "${PROJECT_SOURCE_DIR}/cmake/RelaisDependencies.cmake"
          DESTINATION "${folder}" COMPONENT ${component} ${ARGN})
  # What a static one leaves to the program's link. protobuf-lite goes by its name: its own file
  # rules out the whole of Protocol Buffers, which relais_typed needs.
  set(requires "")
  set(libraries "")
  if(relais_is_static)
    set(requires "libsodium >= 1.0.18, libzstd, simdjson, rocksdb")
    set(libraries "-lprotobuf-lite -pthread")
  endif()
  relais_install_pkg_config(relais "${made}" ${component} ${ARGN})
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE"
          DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT ${component} ${ARGN})
endfunction()

# relais_install_pkg_config(NAME MADE COMPONENT [EXCLUDE_FROM_ALL])
# cmake/NAME.pc.in, for who builds without CMake; MADE is the folder that it is made in.
function(relais_install_pkg_config name made component)
  set(folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  file(RELATIVE_PATH prefix "${CMAKE_INSTALL_PREFIX}/${folder}" "${CMAKE_INSTALL_PREFIX}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${made}/${name}.pc" @ONLY)
  install(FILES "${made}/${name}.pc" DESTINATION "${folder}" COMPONENT ${component} ${ARGN})
endfunction()

# relais_typed_library(TARGET CORE [STATIC | SHARED])
# Typed documents, over a library made by relais_library: their public header, the options and the
# clinic's messages. It alone links all of Protocol Buffers.
function(relais_typed_library target core)
  add_library(${target} ${ARGN} $<TARGET_OBJECTS:relais_typed>
                                $<TARGET_OBJECTS:relais_typed_edits>)
  target_link_libraries(${target} PUBLIC ${core} protobuf::libprotobuf)
  get_target_property(generated relais_typed_edits RELAIS_GENERATED)
  get_target_property(made relais_typed_edits RELAIS_GENERATED_HEADERS)
  file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/relais/typed/*.h")
  target_sources(${target} PUBLIC FILE_SET HEADERS
                 BASE_DIRS "${PROJECT_SOURCE_DIR}/include" "${generated}" FILES ${headers} ${made})
  # Who links it here includes generated headers as a system's, like those who find it installed.
  target_include_directories(${target} SYSTEM INTERFACE $<BUILD_INTERFACE:${generated}>)
  relais_shape_library(${target} relais_typed typed "${PROJECT_SOURCE_DIR}/src/relais_typed.map")
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")  # where relais itself is
endfunction()

# relais_typed_install(TARGET COMPONENT [EXCLUDE_FROM_ALL])
# COMPONENT is the one that its relais is installed with; this one's is COMPONENT_typed. The .proto
# files go beside the headers, so that one -I is enough for protoc too.
function(relais_typed_install target component)
  set(part ${component}_typed)
  install(TARGETS ${target} EXPORT ${part}Targets
          ARCHIVE COMPONENT ${part} ${ARGN}
          LIBRARY COMPONENT ${part} ${ARGN}
          RUNTIME COMPONENT ${part} ${ARGN}
          FILE_SET HEADERS COMPONENT ${part} ${ARGN})
  install(EXPORT ${part}Targets NAMESPACE relais:: FILE ${part}Targets.cmake
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/relais" COMPONENT ${part} ${ARGN})
  install(FILES "${PROJECT_SOURCE_DIR}/proto/relais/options.proto"
          DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/relais" COMPONENT ${part} ${ARGN})
  relais_install_pkg_config(relais_typed "${CMAKE_CURRENT_BINARY_DIR}/${component}" ${part} ${ARGN})
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/proto/relais/clinic"
          DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/relais" COMPONENT ${part} ${ARGN})
endfunction()
