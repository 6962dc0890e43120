"""Published entries: found, listed, read, compared; and the acts on them."""
