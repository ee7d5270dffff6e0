"""Files on disk: the port `MediaStore` for the home on one machine."""
