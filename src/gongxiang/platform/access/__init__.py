"""Access requests: apply, reply, complete, overdue (art. 4, 21, 22)."""
