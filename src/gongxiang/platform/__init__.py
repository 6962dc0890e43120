"""Control plane: the site, its rooms and the worker. Never carries shared data."""
