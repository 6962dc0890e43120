"""The house rules as tests: they read the repository, not the product's answers."""
