"""Use of what was granted: putting right, records, reports, handlers, questions, inspections, third parties, provision."""
