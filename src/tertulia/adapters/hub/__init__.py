"""Telling who is connected to this process: `ports.broadcast` in memory, and what every commit leads to."""
