"""Terms of agreements and grants as ODRL."""
