"""Corrections (疑义核校): reporting, verifying, the way of the corrected row, counters, figures."""
