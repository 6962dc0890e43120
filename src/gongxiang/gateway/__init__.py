"""Data plane: every byte of shared data on the platform side passes here, under terms."""
