"""The exchange itself: machines, flows, alarms, what a machine answered about a table."""
