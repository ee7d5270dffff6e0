"""Technologies, one a folder: each implements ports and knows no other."""
