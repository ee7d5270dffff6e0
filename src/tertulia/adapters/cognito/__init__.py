"""Accounts in a Cognito user pool. User data is there alone; sessions and invitations are in `Chat-Connections`."""
