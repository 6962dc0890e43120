"""Requests to line superiors (上级数据申请) and the register of what comes back (回流)."""
