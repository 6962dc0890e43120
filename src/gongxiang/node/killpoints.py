"""The node's named places for fault tests; see `protocol.killpoints`."""

from gongxiang.protocol.killpoints import reach

__all__ = ["reach"]
