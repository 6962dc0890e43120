"""Demands (供需对接): stating, assigning, answering; the three lists; figures for the authority."""
