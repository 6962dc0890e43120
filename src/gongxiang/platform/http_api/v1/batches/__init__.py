"""One act on many records, done by the worker."""
