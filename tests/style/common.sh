# shellcheck shell=sh
# For the style tests: the files that belong to the project, and how to skip.

skip() {
	echo "skipped: $*"
	exit 77
}

need() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# Prints the project's own files that match the given patterns. A tree that is owned by
# another user (a container's mount) is as good as any.
project_files() {
	git -c safe.directory='*' ls-files -- "$@"
}
