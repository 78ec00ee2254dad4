# The third-party libraries inside relais, found once for all modules. Installed beside
# relaisConfig.cmake too: who links a static relais links these.
#
# Modules name them in LIBRARIES:
#   PkgConfig::sodium  protobuf::libprotobuf-lite  zstd::libzstd_shared  simdjson::simdjson
#   RocksDB::rocksdb-shared  Threads::Threads  Boost::headers  utf8cpp

# In a package's config a missing library makes relais "not found"; in the tree it is an error.
macro(relais_find)
  if("${CMAKE_FIND_PACKAGE_NAME}" STREQUAL "relais")
    find_dependency(${ARGV})
  else()
    find_package(${ARGV} REQUIRED)
  endif()
endmacro()

relais_find(Threads)
relais_find(Protobuf)
relais_find(RocksDB)  # its static archive is not position independent in Debian: take the shared one
relais_find(simdjson)
relais_find(zstd CONFIG)  # not the module that RocksDB brings: its target has another name
relais_find(PkgConfig)
if(NOT TARGET PkgConfig::sodium)
  pkg_check_modules(sodium REQUIRED QUIET IMPORTED_TARGET libsodium>=1.0.18)
endif()

# Headers alone: whoever links relais needs none of them.
set(RELAIS_HEADER_LIBRARIES Boost::headers utf8cpp)
if(NOT "${CMAKE_FIND_PACKAGE_NAME}" STREQUAL "relais")
  relais_find(Boost 1.81)
  if(NOT TARGET utf8cpp)  # found twice, it is an error
    relais_find(utf8cpp)
  endif()
endif()
