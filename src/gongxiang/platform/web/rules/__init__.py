"""Working calendar, instruments and periods, statute register, code tables, parameters."""
