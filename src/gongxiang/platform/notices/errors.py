"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class MustBeTold(Refusal):
    """Notices on {topic} cannot be switched off: the act has to be made known."""

    basis = ("cn-809:16.1",)
    next_step = "Leave this topic on; you can mark its notices as read all at once."


class AddressMissing(Refusal):
    """The digest needs an e-mail address."""

    basis = ("wushen-2021-60:25",)
    next_step = "Enter the address of your office, or leave the digest off."


class MailAddressWrong(Refusal):
    """This is no e-mail address."""

    basis = ("wushen-2021-60:25",)
    next_step = "Write one address, as name@office.example, without spaces or lines."


class AddressWrong(Refusal):
    """The address of an office system begins with http:// or https:// and names a host, without a password in it."""

    next_step = "Ask whoever runs your office system for the address that receives messages."


class AddressForbidden(Refusal):
    """Messages are not sent to {address}: it is this machine, its own network link, or a network not allowed here."""

    next_step = "Name an address of the intranet; the operator keeps the list of networks (GONGXIANG_WEBHOOK_NETWORKS)."


class NoWebhook(Refusal):
    """Your department has named no address to send to."""

    next_step = "Enter the address of your office system first."


class StillUnderWay(Refusal):
    """This message was delivered, or is about to be tried again."""

    next_step = "Wait for the next attempt; its time stands beside the message."
