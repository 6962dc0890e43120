"""Pages of access requests: apply, consent, reply, mediate."""
