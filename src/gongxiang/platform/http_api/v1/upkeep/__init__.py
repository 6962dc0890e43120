"""Changes of remit, and the projects that plan entries."""
