"""Resources, elements, distributions, versions, codes, search (art. 2, 6, 7, 9, 10, 20)."""
