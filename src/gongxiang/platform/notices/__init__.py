"""Notices: tells people what happened in their cases, from the outbox; no room below calls it."""
