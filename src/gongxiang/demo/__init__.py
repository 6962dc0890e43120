"""The demo banner, made by public actions only."""
