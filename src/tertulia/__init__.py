"""Tertulia: one chat with two homes and one behaviour."""
