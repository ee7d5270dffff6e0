"""How requests arrive at functions: API Gateway's events for HTTP and WebSocket, and records of DynamoDB's streams."""
