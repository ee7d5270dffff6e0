"""What people do: one module a feature. Authorisation, validation and idempotency live here."""
