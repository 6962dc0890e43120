"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import NotPermitted, Refusal


class CreditCodeWrong(Refusal):
    """Position 18 of the credit code does not fit the seventeen before it: one of the characters is mistyped."""

    basis = ("wushen-2021-60:2.2",)
    next_step = "Copy the code from the department's certificate."
    status = 422


class NameTaken(Refusal):
    """A department with this name is already in the register."""

    basis = ("wushen-2021-60:2.2",)
    next_step = "Open the department that is there, or give the full name that tells the two apart."


class CreditCodeTaken(Refusal):
    """{name} already stands in the register with this credit code."""

    basis = ("wushen-2021-60:2.2",)
    next_step = "Open the department that is there; a department has one entry."


class DutyTaken(Refusal):
    """{name} already has this duty, and only one department can have it."""

    basis = ("wushen-2021-60:24",)
    next_step = "Take the duty from that department first."


class FoundedAlready(Refusal):
    """The site already has its first accounts: they are made only once."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Sign in as the system administrator to make further accounts."


class NotYourDepartment(NotPermitted):
    """This belongs to another department."""

    next_step = "Ask that department, or the competent authority."


class NotYourOwnAccount(NotPermitted):
    """Nobody decides on their own account."""

    next_step = "Ask the other administrator to do it."


class UsernameWrong(Refusal):
    """A user name has 3 to 60 small letters, digits, dots, hyphens or underscores and begins with a letter."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Write it with small letters, for example the department's initials, a hyphen and the person's."
    status = 422


class UsernameTaken(Refusal):
    """This user name is already in use."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Choose another, for example with the department's initials in front."


class FieldMissing(Refusal):
    """Please fill this in."""

    status = 422


class PersonNotActive(Refusal):
    """{name}'s account is not active."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Ask the system administrator to unlock it."


class AdministratorsSeparated(Refusal):
    """The three administrators are three people, and none of them holds any other role."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Make a separate account for this duty, held by another person."


class RoleNotOfDepartment(Refusal):
    """{department} cannot have this role: it belongs to the competent authority, the audit office or the platform operator."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Give a role that its people can hold."


class RoleHeldAlready(Refusal):
    """{name} holds this role already."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Nothing needs to be done; look at the person's roles."


class RoleNotHeld(Refusal):
    """{name} does not hold this role."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Reload the page: somebody may have taken the role away already."


class OfficerLacksRole(Refusal):
    """{name} cannot be reported as accountable officer: the account does not hold that role in the department."""

    next_step = "Ask the security administrator to give the role first."
    basis = ("wushen-2021-60:25",)


class DeputyRefused(Refusal):
    """A deputy is another active person of the same department, for a time that begins before it ends."""

    basis = ("wushen-2021-60:25",)
    next_step = "Choose an active colleague of your department, and a first day before the last."


class SuccessorMissing(Refusal):
    """{name} has work in hand: name who takes it over."""

    basis = ("wushen-2021-60:25",)
    next_step = "Choose a colleague of the same department; the page lists what is open."


class SuccessorWrong(Refusal):
    """A successor is another active person of the same department."""

    basis = ("wushen-2021-60:25",)
    next_step = "Choose an active colleague; if nobody is there yet, make the account first."


class MergeRefused(Refusal):
    """A department is merged into another active one; authority, audit office and operator are not merged."""

    basis = ("wushen-2021-60:2.2",)
    next_step = "Choose the department that takes over the duties."


class NotSettled(Refusal):
    """{n} cases still run or flow in the name of this department."""

    basis = ("cn-809:27.3",)
    next_step = "Settle what is listed: withdraw or answer requests, end grants as article 27 has it, revoke nodes."


class MergeOutdated(Refusal):
    """Something changed since you looked: what would pass is not what you saw."""

    basis = ("wushen-2021-60:2.2",)
    next_step = "Look at the list again and confirm it."


class DeputyTwice(Refusal):
    """{name} has a deputy for some of these days already."""

    basis = ("wushen-2021-60:25",)
    next_step = "End the deputyship that stands, or choose other days: one matter needs one hand."


class DeputyAway(Refusal):
    """{name} is away on some of these days and has a deputy too."""

    basis = ("wushen-2021-60:25",)
    next_step = "Choose a colleague who is there; a deputyship is not passed on."


class DeputyTooLong(Refusal):
    """A deputyship lasts at most {days} days."""

    basis = ("wushen-2021-60:25",)
    next_step = "For a longer absence give the role itself: the security administrator does it, with its history."


class PasswordTooWeak(Refusal):
    """A password has at least {length} characters of at least {classes} kinds: small letters, capitals, digits, others."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Choose a longer one, for example several words with digits between them."
    status = 422


class PasswordReused(Refusal):
    """The new password is one of the last used ones, or contains the user name."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Choose one that you have not used here."
    status = 422


class PasswordChangeDue(Refusal):
    """The password has to be changed before anything else."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Choose a new password on the page that opens."


class SignInRefused(Refusal):
    """User name or password is not right."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = (
        "Check capital letters and the input method; after {limit} failures signing in from here rests for {minutes} minutes."
    )
    status = 403


class SignInBlocked(Refusal):
    """Too many failures: signing in with this name from here rests until {until}."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Wait, or sign in in a browser in which you did before; the system administrator can give you a new password."
    status = 429


class FactorWrong(Refusal):
    """The code is not right."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Type the six digits that the authenticator shows now; check that the telephone's clock is right."
    status = 403


class FactorReplayed(FactorWrong):
    """This code has been used already."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Wait for the next code: each one works once."


class FactorNotEnrolled(Refusal):
    """No authenticator is set up for this account."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Set one up under “Sign-in and security”."


class FactorEnrolledAlready(Refusal):
    """An authenticator is set up already."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Ask the security administrator to release the lost one."


class SigningKeyUnreadable(Refusal):
    """The signing key cannot be opened with this password."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Ask the system administrator; a new key can be made, and old signatures remain valid."


class TokenUnknown(Refusal):
    """This access token is not known, has run out or was revoked."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Make a new token on the page Interfaces and tokens, and send it as: Authorization: Bearer TOKEN."
    status = 401


class SignInNeeded(Refusal):
    """Nobody is signed in, and the call brought no access token."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Send an access token as: Authorization: Bearer TOKEN. Tokens are made on the page Interfaces and tokens."
    status = 401


class TooManyCalls(Refusal):
    """More than {limit} calls came within one minute."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Wait for the next minute, and ask for larger pages instead of more of them."
    status = 429


class TokenLifeWrong(Refusal):
    """A token lives from one to {days} days."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Choose a shorter life; a new token can be made before the old one runs out."
    status = 422


class TokenScopeWrong(Refusal):
    """A token needs at least one scope, and a system can hold none that acts for a person."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Choose what the system needs: reading, or compiling drafts."
    status = 422


class TokensEnough(Refusal):
    """There are {limit} tokens in use already."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Revoke the ones that are not needed any more."


class SystemEnded(Refusal):
    """{name} is out of use in the register of systems."""

    basis = ("wushen-2021-60:4(3)",)
    next_step = "Enter the system that calls into the register first."


class NetworkUnknown(Refusal):
    """Choose on which network the system runs."""

    basis = ("wushen-2021-60:17",)
    next_step = "Choose one of the networks offered."


class MoveUndated(Refusal):
    """A system that is not on the government extranet has a day by which it will be, today or within {days} days."""

    basis = ("wushen-2021-60:17",)
    next_step = "Enter the planned day."


class DelayUnexplained(Refusal):
    """A day that is put off says why."""

    basis = ("wushen-2021-60:17",)
    next_step = "Write one sentence: what holds the move up."
