"""Benchmarks. `make bench` runs them all and writes `docs/benchmarks.md`; each also runs alone: `python -m
bench.sends`."""
