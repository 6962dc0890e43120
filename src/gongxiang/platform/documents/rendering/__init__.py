"""Filling PDF (typst) and Word (python-docx): pure functions from values to bytes; data never becomes markup."""
