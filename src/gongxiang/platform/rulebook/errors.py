"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class NoticeWithoutNumber(Refusal):
    """A holiday notice is cited by its number: enter it as printed."""

    next_step = "Copy the number from the head of the notice, for example 国办发明电〔2026〕7号."


class NoticeWithoutTitle(Refusal):
    """A holiday notice is cited by its title: enter it as printed."""

    next_step = "Copy the title from the head of the notice."


class NoticeWithoutDays(Refusal):
    """The notice names no day off."""

    next_step = "Paste the wording of the notice, or a table with one day a line."


class NoticeUnreadable(Refusal):
    """This line could not be read: {line}"""

    next_step = "Write one day a line: date, 放假 or 上班, name of the holiday."


class NoticeTooLong(Refusal):
    """A holiday notice names at most {most} days; this file names more."""

    next_step = "Choose the file of one year, or paste the wording of the notice."


class DayOutsideYear(Refusal):
    """{day} does not belong to the notice for {year}."""

    next_step = "A notice covers its own year and the last days of the December before."


class MakeupDayOnWeekday(Refusal):
    """{day} is not a Saturday or Sunday, so it cannot be a make-up working day."""

    next_step = "Check the date in the notice: a make-up working day is a Saturday or Sunday."


class DayTwice(Refusal):
    """{day} is named both as a day off and as a working day."""

    next_step = "Leave the day in one of the two lists only."


class StatutoryDayMissing(Refusal):
    """{day} is a day off by law and is missing from the notice."""

    next_step = "Check the notice again; 1 January, 1 and 2 May and 1 to 3 October are always days off."


class PreviewOutdated(Refusal):
    """The deadlines that would move have changed since you looked."""

    next_step = "Look at the preview again, then confirm."


class TextUnreadable(Refusal):
    """The file is not a text in UTF-8 or GB18030."""

    next_step = "Save it as plain text (.txt) and choose it again, or paste the text."


class FileTooLong(Refusal):
    """The file has more than {most} bytes."""

    next_step = "Choose the file that holds only this text, or paste the text."


class TextOfAnotherInstrument(Refusal):
    """The text names neither {number} nor {title}."""

    next_step = "Choose the instrument that the text belongs to."


class ArticlesMissing(Refusal):
    """The text does not hold the articles of the instrument. Missing: {missing}. Not expected: {extra}."""

    next_step = "Take the whole text, from the first article to the last, each beginning with 第…条."


class ReasonMissing(Refusal):
    """Say why: the choice of a rule is recorded with its reason."""

    next_step = "Write one sentence that an auditor will understand in a year."


class ChoiceInThePast(Refusal):
    """A rule is chosen from today on at the earliest: old cases keep old rules."""

    next_step = "Choose today or a later day."
    basis = ("wushen-2021-60:33",)


class InstrumentGivesNone(Refusal):
    """{instrument} gives no period for this rule on that day."""

    next_step = "Choose an instrument that gives a period for this rule, or a value of your own choice."


class PeriodNotLawful(Refusal):
    """The period must be between 1 and {most} working days."""

    basis = ("cn-809:23",)
    next_step = "The authority may shorten a period of the instruments, never lengthen it."


class StatuteIncomplete(Refusal):
    """Title, number, article and day of entry into force are needed: the basis must be found by whoever reads it."""

    next_step = "Fill in what is marked, as the instrument prints it."
    basis = ("wushen-2021-60:10", "cn-809:15.2")


class StatuteEndsBeforeItBegins(Refusal):
    """The last day in force lies before the first."""

    next_step = "Check both days; leave the last day empty while it is in force."


class AddressUnusable(Refusal):
    """The address must begin with http:// or https://."""

    next_step = "Copy the address from the browser's address bar."


class CodeTableUnknown(Refusal):
    """There is no such code table, or its codes are fixed."""

    next_step = "Go back to the code tables and choose one that can be changed."


class CodeTaken(Refusal):
    """The code {code} is in use in this table."""

    next_step = "Choose another value, or change the code that has it."


class CodeIncomplete(Refusal):
    """A code needs its value and a name in both languages."""

    next_step = "Fill in the value, the Chinese and the English name."


class CodeUnusable(Refusal):
    """A code is written in Latin letters, digits, hyphens and underscores, so that every address and interface can carry it."""

    next_step = "Write the code so; its names may hold any characters."


class ParameterOutOfRange(Refusal):
    """The value must be a whole number between {least} and {most}."""

    next_step = "Enter a whole number within these limits."


class CodeUnmapped(Refusal):
    """“{value}” of the list {list} has no counterpart at the interface {interface} on that day."""

    next_step = "Let the authority enter the counterpart in the code tables, or send the value in words."


class MappingTaken(Refusal):
    """“{outside}” already stands for another of our values at this interface."""

    next_step = "End that mapping first, or mark this one as outgoing only."


class MappingInPast(Refusal):
    """A mapping holds from today on or later: what was exchanged before keeps its codes."""

    next_step = "Choose today or a later day."
