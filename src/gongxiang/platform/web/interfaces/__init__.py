"""The interfaces for machines, as people see them: access tokens, and where to call."""
