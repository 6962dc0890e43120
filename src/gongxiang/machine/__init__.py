"""One machine's upkeep: supervisor, PostgreSQL, doctor, migrate. Knows no domain."""
