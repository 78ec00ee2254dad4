# The types that the tests and a fuzz target make documents of, as the library relais_test_schemas.
if(NOT TARGET relais_test_schemas)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/generated")
  file(MAKE_DIRECTORY "${generated}")
  add_custom_command(
    OUTPUT "${generated}/schemas.pb.cc" "${generated}/schemas.pb.h"
    COMMAND protobuf::protoc --cpp_out "${generated}" -I "${CMAKE_CURRENT_LIST_DIR}"
            -I "${PROJECT_SOURCE_DIR}/proto" "${CMAKE_CURRENT_LIST_DIR}/schemas.proto"
    DEPENDS "${CMAKE_CURRENT_LIST_DIR}/schemas.proto" "${PROJECT_SOURCE_DIR}/proto/relais/options.proto"
            protobuf::protoc
    VERBATIM)
  add_library(relais_test_schemas STATIC "${generated}/schemas.pb.cc")
  target_compile_options(relais_test_schemas PRIVATE -w)
  target_compile_features(relais_test_schemas PUBLIC cxx_std_20)
  # The options' own code comes along with the module typed_edits.
  target_include_directories(relais_test_schemas SYSTEM PUBLIC
    "${generated}" $<TARGET_PROPERTY:relais_typed_edits,INTERFACE_INCLUDE_DIRECTORIES>)
  add_dependencies(relais_test_schemas relais_typed_edits)
endif()
