# embed_text(INPUT OUTPUT): a text file as the bytes of a C array initializer, so that
# a program carries it without looking for it.
function(embed_text input output)
  file(READ "${input}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  file(CONFIGURE OUTPUT "${output}" CONTENT "${bytes}\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${input}")
endfunction()

# embed_sha256(INPUT OUTPUT): the 32 bytes of a file's SHA-256 in the same form.
function(embed_sha256 input output)
  file(SHA256 "${input}" digest)
  string(REGEX REPLACE "(..)" "0x\\1," digest "${digest}")
  file(CONFIGURE OUTPUT "${output}" CONTENT "${digest}\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${input}")
endfunction()
