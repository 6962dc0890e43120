"""Pages of issued documents: their public verification, the list, the files."""
