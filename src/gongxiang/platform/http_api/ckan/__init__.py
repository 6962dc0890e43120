"""CKAN's reading actions over the published catalogue, for tools that speak to CKAN."""
