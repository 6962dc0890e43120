"""Pages of grants: terms in plain words, suspend, resume, revise, end, disposal."""
