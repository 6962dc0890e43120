"""The workbench (工作台): to-dos by time left, the department in figures, what happened lately."""
