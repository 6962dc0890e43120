"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class MustBeTold(Refusal):
    """Notices on {topic} cannot be switched off: the act has to be made known."""

    basis = ("cn-809:16",)
    next_step = "Leave this topic on; you can mark its notices as read all at once."


class AddressMissing(Refusal):
    """The digest needs an e-mail address."""

    basis = ("wushen-2021-60:25",)
    next_step = "Enter the address of your office, or leave the digest off."
