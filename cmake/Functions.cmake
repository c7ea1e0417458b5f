# The functions that carry the build; folders use nothing else to declare a
# client program, a unit test or a fuzz target.

# What a run needs, without tests and pages.
add_custom_target(programs)

# add_client(STACK FOUND SOURCES... LIBRARIES targets... [EXAMINATION target])
# For clients/STACK/CMakeLists.txt: the folder as the library revoscope-clients-STACK, which sees
# what a backend needs, and the program revoscope-client-STACK of it and the common part. A
# stack whose library is absent is not built. The program of a stack that the folder
# clients/examination/ is written for has the main of that folder.
function(add_client stack found)
  cmake_parse_arguments(ARG "" "EXAMINATION" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT found)
    message(STATUS "revoscope-client-${stack}: not built, its library is not installed")
    set_property(GLOBAL APPEND PROPERTY REVOSCOPE_FOLDERS_NOT_BUILT revoscope-clients-${stack})
    return()
  endif()
  add_folder_library(revoscope-clients-${stack} clients/${stack} SOURCES ${ARG_SOURCES}
    PUBLIC revoscope-clients-backend ${ARG_LIBRARIES})
  set(target "revoscope-client-${stack}")
  set(main clients/program/main.c)
  if(ARG_EXAMINATION)
    set(main clients/examination/main.c)
  endif()
  add_executable(${target} "${PROJECT_SOURCE_DIR}/${main}")
  target_link_libraries(${target} PRIVATE
    revoscope-clients-program ${ARG_EXAMINATION} revoscope-clients-${stack} revoscope-flags)
  # Where programs look that were not installed (harness/config/data_paths.c).
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/clients")
  install(TARGETS ${target} DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/revoscope")
  set_property(GLOBAL APPEND PROPERTY REVOSCOPE_CLIENTS ${target})
  add_dependencies(programs ${target})
endfunction()

# Seconds after which a test hangs. That says nothing about speed: a machine with other work takes a
# multiple of the usual time. tests/support/patience.py has what a Python test waits for one thing;
# Check's limits (4 s by default) are multiplied.
set(REVOSCOPE_HANG_SECONDS 3600)
set(REVOSCOPE_CHECK_PATIENCE 30)

# add_unit_test(FOLDER MODULE LIBRARIES targets... [SOURCES more...])
# tests/unit/FOLDER/test_MODULE.c as the test FOLDER.MODULE, with dots for the slashes of FOLDER.
# The fuzz build has none.
function(add_unit_test folder module)
  if(REVOSCOPE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  string(REPLACE "/" "." test "${folder}.${module}")
  string(REPLACE "." "-" target "test-${test}")
  add_executable(${target} "${PROJECT_SOURCE_DIR}/tests/unit/${folder}/test_${module}.c" ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES} revoscope-core revoscope-tests revoscope-flags
    PkgConfig::CHECK)
  # The test's own file runs once, so optimizing it takes longer than it saves; sanitized, it
  # would run too long without.
  if(NOT REVOSCOPE_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
  add_test(NAME ${test} COMMAND ${target})
  set_tests_properties(${test} PROPERTIES TIMEOUT ${REVOSCOPE_HANG_SECONDS} LABELS unit
    ENVIRONMENT "CK_TIMEOUT_MULTIPLIER=${REVOSCOPE_CHECK_PATIENCE}")
endfunction()

# add_fuzz_target(NAME LIBRARIES targets...)
# tests/fuzz/fuzz_NAME.c with LLVMFuzzerTestOneInput. With REVOSCOPE_FUZZ it is a
# libFuzzer program and a short run of it is a test; without, it is linked with a
# small main that replays the seeds, so that it never stops compiling. What
# libFuzzer finds goes to the build directory, never among the seeds. The target
# `fuzzers` builds them all.
add_custom_target(fuzzers)
function(add_fuzz_target name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(target "fuzz-${name}")
  add_executable(${target} "${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${name}.c" ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES} revoscope-core revoscope-tests revoscope-flags)
  set(seeds "${PROJECT_SOURCE_DIR}/tests/fuzz/seeds/${name}")
  if(REVOSCOPE_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(found "${PROJECT_BINARY_DIR}/corpus/${name}")
    file(MAKE_DIRECTORY "${found}")
    set(test fuzz.${name}.run)
    add_test(NAME ${test} COMMAND ${target} -max_total_time=5 -rss_limit_mb=512
      "-artifact_prefix=${found}-" "${found}" "${seeds}")
  else()
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c")
    set(test fuzz.${name})
    add_test(NAME ${test} COMMAND ${target} "${seeds}")
  endif()
  add_dependencies(fuzzers ${target})
  # What the sanitizer keeps back of freed memory (256 MB by default) would count
  # against -rss_limit_mb, and a fast target that allocates much would seem to leak.
  set_tests_properties(${test} PROPERTIES TIMEOUT ${REVOSCOPE_HANG_SECONDS} LABELS fuzz
    ENVIRONMENT "ASAN_OPTIONS=quarantine_size_mb=32")
endfunction()
