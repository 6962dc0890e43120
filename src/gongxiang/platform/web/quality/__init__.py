"""Pages on the state of the catalogue: points, mounting, systems, matters, sources, reports."""
