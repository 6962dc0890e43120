"""Drafts: made, changed, checked, and led to publication."""
