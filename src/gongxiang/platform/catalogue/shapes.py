"""When two versions of an element are carried differently, so that tables built on the one cannot take the other. Pure."""

from gongxiang.platform.catalogue.content import WIDEST, Content, ElementContent
from gongxiang.platform.catalogue.vocabulary import CARRIED_AS
from gongxiang.protocol.terms import DataType


def carried_differently(old: ElementContent, new: ElementContent) -> bool:
    """Whether the data plane carries the two in different types; C and M, or N and Y, are carried alike."""
    return CARRIED_AS.get(old.type) != CARRIED_AS.get(new.type)


def narrower(old: ElementContent, new: ElementContent) -> bool:
    """Whether values that fitted the old size need not fit the new one."""
    carried = CARRIED_AS.get(old.type)
    if carried is DataType.DECIMAL:
        digits, places = old.length or WIDEST, old.scale or 0
        now, now_places = new.length or WIDEST, new.scale or 0
        return now_places < places or now - now_places < digits - places
    if carried is DataType.TEXT:
        return new.length is not None and (old.length is None or new.length < old.length)
    return False


def key_of(content: Content) -> frozenset[str]:
    """The elements by which a row is known."""
    return frozenset(element.code for element in content.elements if element.key and element.shareable)
