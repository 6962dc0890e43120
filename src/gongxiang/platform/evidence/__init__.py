"""Append-only record of acts, transition(), sealing, outbox."""
