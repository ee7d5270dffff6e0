"""Accounts on one machine: people, passwords and sign-in sessions in a SQLite file of their own.

People are never stored beside conversations, so that everything about a person's sign-in can be handed to a user pool.
"""
