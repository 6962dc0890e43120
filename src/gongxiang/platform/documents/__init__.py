"""Documents the product issues, with number and verification code, and files that people attach to a case."""
