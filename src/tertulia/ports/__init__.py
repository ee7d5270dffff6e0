"""What the services need from outside: one Protocol a file, with its promises. Every adapter of a port passes
`tests/contracts`."""
