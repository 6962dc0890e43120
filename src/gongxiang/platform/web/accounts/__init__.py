"""Signing in and out, both factors, and a person's own account (登录与安全)."""
