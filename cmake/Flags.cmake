# One INTERFACE target carries the language level and every compiler flag; each
# target of the project links it privately.
option(REVOSCOPE_WERROR "Treat warnings as errors" OFF)
option(REVOSCOPE_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(REVOSCOPE_FUZZ "Build the fuzz targets with libFuzzer (needs clang)" OFF)
option(REVOSCOPE_COVERAGE "Instrument for coverage" OFF)

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(revoscope-flags INTERFACE)
target_compile_features(revoscope-flags INTERFACE c_std_17)
target_compile_definitions(revoscope-flags INTERFACE
  _GNU_SOURCE REVOSCOPE_VERSION="${PROJECT_VERSION}")
target_compile_options(revoscope-flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -fno-common
  -fstack-protector-strong)
target_link_options(revoscope-flags INTERFACE -Wl,-z,relro,-z,now)
if(REVOSCOPE_WERROR)
  target_compile_options(revoscope-flags INTERFACE -Werror)
endif()
if(REVOSCOPE_SANITIZE)
  target_compile_options(revoscope-flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(revoscope-flags INTERFACE -fsanitize=address,undefined)
endif()
if(REVOSCOPE_FUZZ)
  # Also the libraries under a fuzz target have to tell libFuzzer where they went.
  target_compile_options(revoscope-flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(REVOSCOPE_COVERAGE)
  target_compile_options(revoscope-flags INTERFACE --coverage)
  target_link_options(revoscope-flags INTERFACE --coverage)
endif()
