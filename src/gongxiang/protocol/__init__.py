"""What the programs say to each other. Pure: no Django, no driver, no network."""
