"""What the library of rules asks of a person: to read what was issued."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.documents import queries_library
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Each rule of which the version in force was not read yet."""
    basis = ("wushen-2021-60:12(1)",)
    return [
        Todo(kind=_("Read the rule"), title=one.title, url=reverse("documents:rule", args=[one.id]), basis=basis)
        for one in queries_library.unread(actor)
    ]
