"""Sharing agreements: list, text, draft, signatures, end; and the text that the authority issues."""
