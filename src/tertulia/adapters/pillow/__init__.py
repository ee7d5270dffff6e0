"""Looking into pictures, sounds and films, in a process of its own: the port `MediaProcessor` with Pillow."""
