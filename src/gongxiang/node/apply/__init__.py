"""One module per kind of target database; each behind `apply.target.Target`."""
