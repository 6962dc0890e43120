"""Access requests: listed, read, drafted, submitted and answered."""
