"""Notices (消息): a person's inbox and what they wish to hear of."""
