"""Benchmarks: one file each, the limit measured in the same run."""
