# add_include_root(TARGET SCOPE FOLDER): "FOLDER/…" can be included in TARGET, and with SCOPE
# PUBLIC or INTERFACE in what links it.
function(add_include_root target scope folder)
  set(root "${PROJECT_BINARY_DIR}/include/${target}")
  cmake_path(GET folder PARENT_PATH parent)
  file(MAKE_DIRECTORY "${root}/${parent}")
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${root}/${folder}" SYMBOLIC)
  target_include_directories(${target} ${scope} "${root}")
endfunction()

# Headers and data of the tests.
add_library(revoscope-tests INTERFACE)
add_include_root(revoscope-tests INTERFACE tests)

# add_folder_library(NAME FOLDER SOURCES... [PUBLIC targets...] [PRIVATE targets...])
# A folder of the source tree as a static library with an include root of its own. The root
# holds a link to this folder and nothing else, so an include is spelled with the path that
# the file has in the repository ("harness/config/class.h") and yet resolves only in targets
# that link the library: an include against the order of docs/architecture.md does not compile.
# What is PUBLIC is handed on to whoever links this library, PRIVATE is not.
#
# The same holds for links: for each library there is a program link-NAME that consists of
# the whole library and of what it says it needs. A symbol from above is undefined in it.
function(add_folder_library name folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  add_include_root(${name} PUBLIC "${folder}")
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} revoscope-flags)
  set_property(GLOBAL APPEND PROPERTY REVOSCOPE_FOLDER_LIBRARIES ${name})
  set_property(TARGET ${name} PROPERTY REVOSCOPE_FOLDER "${folder}")

  if(BUILD_TESTING AND NOT REVOSCOPE_FUZZ)
    add_executable(link-${name} "${PROJECT_SOURCE_DIR}/tests/support/empty_main.c")
    target_link_libraries(link-${name} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${name}>" revoscope-flags)
  endif()
endfunction()
