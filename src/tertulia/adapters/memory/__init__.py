"""The ports in memory: the reference of each, and what the fast tests run on."""
