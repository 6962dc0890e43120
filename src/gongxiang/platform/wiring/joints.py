"""What pages and interfaces share without knowing each other."""

from gongxiang.platform.http_api import waiting
from gongxiang.platform.web.todos import todos_of

if todos_of not in waiting.SOURCES:
    waiting.SOURCES.append(todos_of)
