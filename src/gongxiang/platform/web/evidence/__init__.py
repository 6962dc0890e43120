"""Evidence pages (审计): search, one record with its proof, the trail of a case, seals and verification."""
