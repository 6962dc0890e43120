"""The interfaces for machines: JSON, DCAT-AP 3, CKAN; they call the rooms and hold no rule."""
