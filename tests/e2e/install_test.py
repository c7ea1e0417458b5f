#!/usr/bin/env python3
"""What `cmake --install` puts in place: enough to run without the source tree, wherever it is moved to."""

import os
import re
import shutil
import subprocess
import unittest

from patience import HANG_S
from programs import BUILD, ROOT, STACKS, ProgramTest, main, needs

CMAKE = shutil.which("cmake")


@unittest.skipIf(CMAKE is None, "not installed: cmake")
class Installation(ProgramTest):
    def install(self):
        prefix = self.path("prefix")
        result = self.run_program(CMAKE, "--install", BUILD, "--prefix", prefix, timeout=HANG_S)
        self.assertEqual(result.status, 0, str(result))
        return prefix

    def run_bare(self, prefix, *arguments, expect=0):
        """With an environment that has nothing, but what the sanitizers and the search for leftovers need."""
        keep = ("TMPDIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", self.mark.split("=")[0])
        result = self.run_program(os.path.join(prefix, "bin", "revoscope"), *arguments, cwd="/", timeout=HANG_S,
                                  environment={name: self.environment[name] for name in keep})
        self.assertEqual(result.status, expect, str(result))
        return result

    def test_it_runs_from_there_and_from_where_it_is_moved_to(self):
        prefix = self.install()
        moved = self.path("moved", "elsewhere")
        for where in (prefix, moved):
            with self.subTest(where):
                if where == moved:
                    os.makedirs(os.path.dirname(moved))
                    shutil.move(prefix, moved)
                document = self.run_bare(where, "run", "good-staple@plain", "no-staple", "--no-store", "--format",
                                         "json").document()
                self.assertEqual(len(document["cells"]), 2 * 6 * len(STACKS))
                self.assertEqual({stack for stack, about in document["stacks"].items() if about["compliant"]},
                                 set(STACKS))
                self.assertIn("stale", self.run_bare(where, "list", "scenarios").out)

    def test_without_its_data_it_says_where_it_looked(self):
        prefix = self.install()
        shutil.rmtree(os.path.join(prefix, "share", "revoscope"))
        self.assertIn(os.path.join("share", "revoscope"),
                      self.run_bare(prefix, "list", "scenarios", expect=3).err)

    def test_everything_is_there_and_nothing_else(self):
        prefix = self.install()
        found = {os.path.relpath(os.path.join(folder, name), prefix)
                 for folder, _, names in os.walk(prefix) for name in names}
        scenarios = {name for name in found if name.startswith("share/revoscope/scenarios/")}
        ours = subprocess.run(["find", os.path.join(ROOT, "scenarios"), "-name", "*.yaml"], check=True,
                              capture_output=True).stdout.decode().split()
        self.assertEqual({os.path.relpath(name, "share/revoscope") for name in scenarios},
                         {os.path.relpath(name, ROOT) for name in ours})
        self.assertEqual(found - scenarios, {
            "bin/revoscope", "libexec/revoscope/revoscope-lab",
            *(f"libexec/revoscope/revoscope-client-{stack}" for stack in STACKS),
            "share/revoscope/clients/classes.yaml", "share/revoscope/clients/deviations.yaml",
            "share/revoscope/clients/environment.yaml",
            "share/man/man1/revoscope.1", "share/man/man5/revoscope-scenarios.5", "share/man/man7/revoscope-client.7",
            "share/bash-completion/completions/revoscope", "share/zsh/site-functions/_revoscope",
            "share/fish/vendor_completions.d/revoscope.fish",
            "share/doc/revoscope/README.md", "share/doc/revoscope/CHANGELOG.md",
            "share/doc/revoscope/machine-names.md", "share/doc/revoscope/guide.md", "share/doc/revoscope/advice.md",
            "share/doc/revoscope/copyright", "share/doc/revoscope/doctor.md", "share/doc/revoscope/monitoring.md",
            *(f"share/doc/revoscope/monitoring/{name}" for name in (
                "icinga.conf", "revoscope-doctor.service", "revoscope-doctor.timer", "revoscope.rules.yaml"))})

    def test_documents_name_nothing_of_the_machine_that_built_them(self):
        prefix = self.install()
        for folder, _, names in os.walk(os.path.join(prefix, "share")):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.assertIsNone(re.search(re.escape(ROOT) + r"\b", file.read()), name)

    @needs("cpack", "dpkg-deb", "dpkg-shlibdeps", "file")
    def test_the_package_has_what_debian_wants(self):
        result = self.run_program("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B",
                                  self.path("package"), timeout=HANG_S)
        self.assertEqual(result.status, 0, str(result))
        package = next(name for name in os.listdir(self.path("package")) if name.endswith(".deb"))
        self.assertRegex(package, r"^revoscope_[0-9.]+_[a-z0-9]+\.deb$")
        package = self.path("package", package)
        control = self.run_program("dpkg-deb", "--info", package).out
        for library in ("libc6", "libcurl3(t64)?-gnutls", "libfyaml", "libjansson4", "libmicrohttpd", "libsqlite3-0"):
            self.assertRegex(control, rf"Depends: .*\b{library}")
        self.assertNotIn("libcurl4", control)
        names = {}
        for line in self.run_program("dpkg-deb", "--contents", package).out.splitlines():
            mode, owner, _, _, _, name = line.split()[:6]
            names[name] = mode
            self.assertEqual(owner, "root/root", name)
        for name in ("bin/revoscope", "libexec/revoscope/revoscope-lab", "share/man/man1/revoscope.1.gz",
                     "share/doc/revoscope/copyright", "share/doc/revoscope/changelog.gz",
                     "share/zsh/vendor-completions/_revoscope", "share/revoscope/scenarios/staple/stale.yaml"):
            self.assertIn("./usr/" + name, names)
        self.assertEqual({mode for mode in names.values()}, {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"})


if __name__ == "__main__":
    main()
