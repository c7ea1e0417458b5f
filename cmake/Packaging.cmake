# A Debian package: cmake --build build/release --target package. What is installed is the
# same as for `cmake --install`, plus what Debian's policy requires.
install(FILES README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES docs/guide.md docs/doctor.md docs/advice.md docs/machine-names.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME revoscope)
set(CPACK_PACKAGE_VENDOR "the revoscope authors")
set(CPACK_PACKAGE_CONTACT "the revoscope authors <revoscope@users.noreply.invalid>")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/package")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# Debian requires compressed manual pages and changelogs; done on the staged files.
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/DebianFiles.cmake")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The roots that `probe` trusts by default.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
# CMake puts the summary in front, and the blank in front of each line.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "shows which TLS clients connect when revocation status goes wrong")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"When a certificate is revoked, an OCSP staple is stale or a responder is
down, TLS clients differ in whether they connect, warn or reject. revoscope
tests this with real handshakes of OpenSSL, GnuTLS and Mbed TLS, each under
a stated policy, in a lab on the loopback interface or at your own
endpoints, and gives evidence and a reason for every verdict.")

include(CPack)
