"""Pages of what does not exist, its filing, and the register of collection plans."""
