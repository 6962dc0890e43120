"""Reading the use of what was granted."""
