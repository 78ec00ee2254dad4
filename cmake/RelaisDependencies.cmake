# The third-party libraries inside relais, found once for all modules. Installed beside
# relaisConfig.cmake too: who links a static relais links these.
#
# Modules name them in LIBRARIES:
#   PkgConfig::sodium  protobuf::libprotobuf-lite  zstd::libzstd_shared  simdjson::simdjson
#   utf8cpp  RocksDB::rocksdb-shared  Boost::headers  Threads::Threads

# In a package's config a missing library makes relais "not found"; in the tree it is an error.
macro(relais_find)
  if("${CMAKE_FIND_PACKAGE_NAME}" STREQUAL "relais")
    find_dependency(${ARGV})
  else()
    find_package(${ARGV} REQUIRED)
  endif()
endmacro()

relais_find(Threads)
relais_find(Boost 1.81)
relais_find(Protobuf)
relais_find(RocksDB)  # its static archive is not position independent in Debian: take the shared one
relais_find(simdjson)
relais_find(utf8cpp)
relais_find(zstd CONFIG)  # not the module that RocksDB brings: its target has another name
relais_find(PkgConfig)
if(NOT TARGET PkgConfig::sodium)
  pkg_check_modules(sodium REQUIRED QUIET IMPORTED_TARGET libsodium>=1.0.18)
endif()
