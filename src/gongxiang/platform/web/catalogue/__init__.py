"""Pages of the catalogue: search, entries, compiling, review, ratification, versions."""
