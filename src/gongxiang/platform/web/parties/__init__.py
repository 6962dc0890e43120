"""Departments and people, officers on file, registers of systems and business matters, administrators' logs."""
