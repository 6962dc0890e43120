"""Calendar days, texts of instruments, chosen profile, statute register, code tables."""
