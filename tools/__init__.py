"""Scripts of the repository: preparing a clone, checking it, generating its reference pages."""
