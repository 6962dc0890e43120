"""What is published, as DCAT-AP 3: linked data for other catalogues."""
