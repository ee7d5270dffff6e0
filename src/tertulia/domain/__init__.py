"""What a chat is: frozen structs and plain functions. No I/O, no clock, no randomness, nothing of the outside."""
