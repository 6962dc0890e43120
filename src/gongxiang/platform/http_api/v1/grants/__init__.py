"""Grants and the procedures of their use."""
