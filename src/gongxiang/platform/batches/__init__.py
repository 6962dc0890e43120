"""The room `batches`: one act done to many records, one after the other, by the worker."""
