"""Pages, forms, templates, assets; no rules."""
