"""Keeping the catalogue true after publication: changes of remit, yearly re-checks of what is withheld, many acts at once."""
