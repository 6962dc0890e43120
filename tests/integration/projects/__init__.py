"""Projects: real acts on a real database."""
