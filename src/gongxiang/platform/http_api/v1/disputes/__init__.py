"""Disputes, filings of what does not exist, and collection plans: read only; every act of them is a person's."""
