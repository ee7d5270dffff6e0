"""The port `Pages` on the open web, with the standard library alone."""
