"""Sounds and films that every browser plays, made by ffmpeg: a program of its own, never part of this one."""
