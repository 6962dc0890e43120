"""Gongxiang: the sharing of government information resources in one banner, as its Measures lay it down."""

__version__ = "0.1.0"
