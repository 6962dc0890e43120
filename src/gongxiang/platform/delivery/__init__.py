"""Nodes, mappings, flows, receipts (art. 11, 13, 17, 19, 21(1))."""
