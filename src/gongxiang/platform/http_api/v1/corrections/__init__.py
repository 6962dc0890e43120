"""Corrections for departments' own systems: report, list, read, answer; references only, never values."""
