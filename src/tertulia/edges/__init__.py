"""How requests arrive. Edges authenticate, decode and map errors; what people may do is decided in the services."""
