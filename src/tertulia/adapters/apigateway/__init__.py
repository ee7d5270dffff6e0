"""Connections that API Gateway holds: tickets, who is connected, presence, pushing; over the table
`Chat-Connections`."""
