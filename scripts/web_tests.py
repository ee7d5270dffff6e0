"""Checks the types of the web client and runs its unit tests."""

import runpy
from pathlib import Path

web = runpy.run_path(str(Path(__file__).with_name("build_web.py")))
web["install"]()
web["npm"]("run", "check")
web["npm"]("test")
