"""What the fixtures stand on."""
