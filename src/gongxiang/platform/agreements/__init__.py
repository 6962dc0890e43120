"""The sharing agreement between a department and the authority (art. 18)."""
