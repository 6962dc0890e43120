"""Departments, people, roles, officers, registers of systems and business matters (art. 2, 3, 25, 26)."""
