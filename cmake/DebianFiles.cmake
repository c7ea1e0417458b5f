# Run by CPack on the files of the package, before it is packed: what Debian's policy says of
# manual pages (section 12.1) and changelogs (12.7).
cmake_minimum_required(VERSION 3.25)
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share")
find_program(GZIP gzip REQUIRED)

# CPack finds the libraries that the programs need with both; without one of them it would only warn,
# and make a package without dependencies.
foreach(program dpkg-shlibdeps file)
  find_program(FOUND_${program} ${program})
  if(NOT FOUND_${program})
    message(FATAL_ERROR "no package is made, because ${program} is not installed, so its dependencies "
      "cannot be found; install it: apt-get install dpkg-dev file")
  endif()
endforeach()

file(WRITE "${root}/doc/revoscope/changelog"
"revoscope (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * A package made from the sources of this version.

 -- ${CPACK_PACKAGE_CONTACT}  Mon, 23 Nov 2026 00:00:00 +0000
")
file(GLOB_RECURSE pages LIST_DIRECTORIES false "${root}/man/*")
execute_process(COMMAND "${GZIP}" -9n ${pages} "${root}/doc/revoscope/changelog"
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND chmod -R u=rwX,go=rX "${CPACK_TEMPORARY_INSTALL_DIRECTORY}"
  COMMAND_ERROR_IS_FATAL ANY)
# Debian's zsh looks for completions of packages in a folder of its own.
file(RENAME "${root}/zsh/site-functions" "${root}/zsh/vendor-completions")
