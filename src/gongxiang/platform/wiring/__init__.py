"""Settings, URLs, schedule, outbox pump."""
