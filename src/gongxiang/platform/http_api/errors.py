"""Named refusals of the interfaces themselves: what cannot be read is said in the same shape as what may not be done."""

from typing import ClassVar

from gongxiang.platform.kernel.errors import Refusal


class BodyUnreadable(Refusal):
    """The body cannot be read as JSON."""

    next_step = "Send UTF-8 JSON with Content-Type: application/json."
    status: ClassVar[int] = 400


class TextUnusable(Refusal):
    """A text holds a character that no text may hold: NUL, or half of a pair."""

    next_step = "Take the character out; it usually comes from a broken export."
    status: ClassVar[int] = 422


class ContentUnreadable(Refusal):
    """The file's content cannot be read as base64."""

    next_step = "Encode the whole file as base64 (RFC 4648), without line breaks."
    status: ClassVar[int] = 422


class BodyTooLarge(Refusal):
    """The body is larger than this door takes."""

    next_step = "Send fewer entries at once; for thousands, import a workbook on the site."
    status: ClassVar[int] = 413


class FieldsWrong(Refusal):
    """Some fields do not fit: each is listed."""

    next_step = "Mend the fields named; their forms stand in /api/v1/openapi.json."
    status: ClassVar[int] = 422


class NoSuchAddress(Refusal):
    """There is no such address among the interfaces."""

    next_step = "The addresses stand in /api/v1/openapi.json and on /api/v1/docs."
    status: ClassVar[int] = 404


class MethodWrong(Refusal):
    """This address does not take this method."""

    next_step = "The answer's Allow header names the methods it takes."
    status: ClassVar[int] = 405


class CsrfMissing(Refusal):
    """A call with a page's session must bring the page's CSRF token."""

    next_step = "Send the cookie csrftoken as the header X-CSRFToken; scripts use an access token instead."
    status: ClassVar[int] = 403


class FactorNotFresh(Refusal):
    """This act asks for the second factor again."""

    next_step = "Confirm it on /account/confirm/ in the same session, then call again."
    status: ClassVar[int] = 403


class CursorWrong(Refusal):
    """The cursor is not one that this list has given."""

    next_step = "Begin without a cursor, and send back the next_cursor of each page as it came."
    status: ClassVar[int] = 422


class Unexpected(Refusal):
    """Something went wrong here, and nothing was done."""

    next_step = "Try again; if it happens again, tell the platform operator the time it happened."
    status: ClassVar[int] = 500


class RevisionMissing(Refusal):
    """A change says which revision it was made from."""

    next_step = "Send the draft's revision in the body, or its ETag as the header If-Match."
    status: ClassVar[int] = 422


class FormUnknown(Refusal):
    """The catalogue is given as JSON-LD and as Turtle only."""

    next_step = "Ask with Accept: application/ld+json or text/turtle, or call /catalog.jsonld or /catalog.ttl."
    status: ClassVar[int] = 406
