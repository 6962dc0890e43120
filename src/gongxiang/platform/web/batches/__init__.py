"""Pages of batches: how far one is, what became of each record, all batches of a person."""
