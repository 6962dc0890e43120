"""Instruments as dated data, articles, working days and deadlines. Pure: no Django, no driver, no network."""
