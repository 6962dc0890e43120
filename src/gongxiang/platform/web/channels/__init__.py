"""Exchanges outside the platform (平台外共享渠道): the register, plans, proof of the move, findings."""
