"""IT projects: pre-compiled catalogue, certificates for approval and acceptance, money (art. 5, 8, 28)."""
