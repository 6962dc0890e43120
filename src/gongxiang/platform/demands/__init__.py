"""Demands (供需对接): what a department needs and the catalogue does not offer."""
