"""Objects brought to a state by the real actions."""
