"""Ids, actors, permissions, transition tables, base errors; knows no domain."""
