"""The library of rules of operation and security."""
