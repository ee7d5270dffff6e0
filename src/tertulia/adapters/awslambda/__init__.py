"""Calling other functions of the same stack."""
