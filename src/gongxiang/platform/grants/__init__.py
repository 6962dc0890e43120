"""What one department may have: revisions of terms, suspend, resume, end (art. 22)."""
