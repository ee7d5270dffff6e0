"""HTTP and WebSocket from one process."""
