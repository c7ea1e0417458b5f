"""The axes of a policy and their values, out of the table that the programs are built with."""

import os
import re

TABLE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "core", "policy.def")


def read_axes():
    """name -> the set of its values; None for a number."""
    with open(TABLE, encoding="utf-8") as file:
        text = file.read()
    values = {tag: set(re.findall(r'V\(\w+, "([^"]+)"\)', members))
              for tag, members in re.findall(r'^VALUES\((\w+), "[^"]*",\s*((?:V\(\w+, "[^"]+"\)\s*)+)\)', text, re.M)}
    values.update({tag: values["action"] | {inherited}
                   for tag, inherited in re.findall(r'^ACTIONS_OR\((\w+), "([^"]+)"\)', text, re.M)})
    axes = {name: values[tag] for name, tag in re.findall(r"^AXIS_NAME\((\w+), (\w+),", text, re.M)}
    axes.update(dict.fromkeys(re.findall(r"^AXIS_NUMBER\((\w+),", text, re.M)))
    return axes
