"""How long a test waits for what has to come. It ends what hangs and says nothing about speed: a machine with other
work takes a multiple of the usual time. ctest's own limit (cmake/Functions.cmake) is longer."""

HANG_S = 900
