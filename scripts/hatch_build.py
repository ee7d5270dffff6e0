"""Puts the built web client into the wheel."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebClientHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface's names
        if version == "editable":
            return
        script = runpy.run_path(str(Path(self.root) / "scripts" / "build_web.py"))
        if not script["fresh"]():
            script["build"]()
