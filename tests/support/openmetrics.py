"""Reads metrics by the grammar of OpenMetrics 1.0, and refuses what it does not allow."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[n"\\])*)"(,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (-?[0-9]+(?:\.[0-9]+)?)$")
DESCRIPTOR = re.compile(rf"# (TYPE|UNIT|HELP) ({NAME}) (.+)$")


class NotOpenMetrics(Exception):
    pass


def labels_of(text):
    labels = {}
    position = 0
    while text and position < len(text):
        match = LABEL.match(text, position)
        if not match:
            raise NotOpenMetrics(f"labels: {text[position:position + 60]!r}")
        if match[1] in labels:
            raise NotOpenMetrics(f"label {match[1]} twice")
        labels[match[1]] = re.sub(r"\\(.)", lambda escape: {"n": "\n"}.get(escape[1], escape[1]), match[2])
        position = match.end()
    return labels


def read(text):
    """{family: {"type", "unit", "help", "samples": {((label, value), ...): number}}}, in order."""
    if not text.endswith("# EOF\n"):
        raise NotOpenMetrics("does not end with # EOF")
    families, name = {}, None
    for line in text[:-len("# EOF\n")].split("\n")[:-1]:
        if line.startswith("#"):
            match = DESCRIPTOR.match(line)
            if not match:
                raise NotOpenMetrics(f"comment: {line[:80]!r}")
            if match[2] != name:
                name = match[2]
                if name in families:
                    raise NotOpenMetrics(f"{name}: not in one piece")
                families[name] = {"samples": {}}
            if match[1].lower() in families[name] or families[name]["samples"]:
                raise NotOpenMetrics(f"{name}: {match[1]} twice or late")
            families[name][match[1].lower()] = match[3]
            continue
        match = SAMPLE.match(line)
        if not match or match[1] != name:
            raise NotOpenMetrics(f"sample of {name}: {line[:120]!r}")
        key = tuple(sorted(labels_of(match[2]).items()))
        if key in families[name]["samples"]:
            raise NotOpenMetrics(f"sample twice: {line[:120]!r}")
        families[name]["samples"][key] = float(match[3])
    for name, family in families.items():
        if family.get("type") != "gauge" or not family.get("help"):
            raise NotOpenMetrics(f"{name}: no gauge with a help")
        if "unit" in family and not name.endswith("_" + family["unit"]):
            raise NotOpenMetrics(f"{name}: unit {family['unit']} is not its suffix")
    return families
