"""Pages of disputes over requests: consultation, mediation, the government's decision."""
