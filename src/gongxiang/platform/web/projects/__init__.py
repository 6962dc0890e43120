"""Pages of IT projects: register, pre-compiled catalogue, certificates, interface checks, money, checks of forms."""
