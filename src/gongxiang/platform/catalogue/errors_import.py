"""Named refusals of import and export: what is wrong with the file, where, and what to do."""

from typing import ClassVar

from gongxiang.platform.kernel.errors import NotFound, Refusal


class ImportNotFound(NotFound):
    """There is no such import, or it is not yours to see."""

    basis = ("wushen-2021-60:7",)
    next_step = "Go back to the list of imports."


class ImportProblem(Refusal):
    """The file cannot be imported."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:7",)
    next_step = "Mend the file and send it again; nothing has been imported."


# ---- the file as a whole ------------------------------------------------------------------------------------------------


class FileTooLarge(ImportProblem):
    """The file has {megabytes} MB; at most {most} MB are read."""

    next_step = "Split the entries over several workbooks and import them one after the other."


class TooManyImports(ImportProblem):
    """{most} files of your department wait to be checked, confirmed or carried out."""

    basis = ("wushen-2021-60:7",)
    next_step = "Confirm or give up the files that wait; files nobody confirmed for thirty days are given up by themselves."


class TooManyProblems(ImportProblem):
    """More than {most} cells are wrong: the file was not read to its end."""

    next_step = "Mend what all rows have in common first (a column in the wrong place, a format), and send the file again."


class FileEmpty(ImportProblem):
    """The file is empty."""

    next_step = "Choose the file again; it may not have been saved when you chose it."


class FileIsText(ImportProblem):
    """This is a text file (CSV, {encoding}), not a workbook: it has no room for data elements."""

    next_step = "Download the blank workbook here, paste the rows into its sheets, and send that."


class FileIsOldExcel(ImportProblem):
    """This is an old Excel file (.xls), which is not read."""

    next_step = "Open the file in Excel or WPS, choose “Save as”, type “Excel workbook (.xlsx)”, and send that file."


class FileEncrypted(ImportProblem):
    """The workbook is protected by a password and cannot be read."""

    next_step = "Take the password off in Excel (File, Info, Protect workbook), save, and send the file again."


class FileNotWorkbook(ImportProblem):
    """This file is no Excel workbook (.xlsx)."""

    next_step = "Open the file in Excel or WPS, choose “Save as”, type “Excel workbook (.xlsx)”, and send that file."


class FileBroken(ImportProblem):
    """The workbook is damaged and cannot be read."""

    next_step = "Open it in Excel or WPS, let it repair the file, save it under a new name, and send that."


class FileBomb(ImportProblem):
    """Unpacked, the file is far larger than a workbook of entries can be; it was not opened."""

    next_step = "Copy the rows as values into the blank workbook that you can download here, and send that."


class FileForbiddenParts(ImportProblem):
    """The workbook holds parts that are not read here: {part}."""

    next_step = "Copy the rows as values into the blank workbook that you can download here, and send that."


class ExchangeUnreadable(ImportProblem):
    """This is no exchange file of the catalogue (JSON): {problem}"""

    next_step = "Send a file that was exported here as JSON, unchanged in its structure."


class ExchangeNotUtf8(ImportProblem):
    """This exchange file (JSON) is not in UTF-8: it was saved in another encoding, such as GBK."""

    next_step = "Send the file as it was exported here, or save it as UTF-8."


# ---- sheets and heads ---------------------------------------------------------------------------------------------------


class SheetMissing(ImportProblem):
    """The workbook has no sheet “{sheet}”."""

    next_step = "Name the sheet with the entries so, or copy the rows into the blank workbook that you can download here."


class HeadersMissing(ImportProblem):
    """No line with column heads was found among the first ten of this sheet."""

    next_step = "Put the heads of the blank workbook into the first line."


class HeaderMissing(ImportProblem):
    """The column “{header}” is missing."""

    next_step = "Add the column with exactly this head; the order of columns does not matter."


class HeaderUnknown(ImportProblem):
    """“{header}” is no column of this sheet; what stands in it would be lost."""

    next_step = "Correct the head (did you mean “{near}”?), or delete the column."


class HeaderTwice(ImportProblem):
    """Two columns have the head “{header}”."""

    next_step = "Delete one of the two."


class CellsMerged(ImportProblem):
    """The cells {cells} are merged: only the first of them holds a value."""

    next_step = "Unmerge them and fill every row."


class TooManyEntries(ImportProblem):
    """The file has {count} entries; at most {most} are imported at once."""

    next_step = "Split the entries over several workbooks and import them one after the other."


class TooManyElements(ImportProblem):
    """This entry has {count} rows here; at most {most} are read."""

    next_step = "Divide the resource into several entries."


class NoEntries(ImportProblem):
    """The file has no entry."""

    next_step = "Write one line for each entry under the column heads."


class SheetIgnored(ImportProblem):
    """The sheet “{sheet}” was not read."""

    next_step = "Nothing needs to be done if it holds only notes of your own."


# ---- cells --------------------------------------------------------------------------------------------------------------


class CellFormula(ImportProblem):
    """The cell holds a formula; formulas are not carried out."""

    next_step = "Copy the cell and paste it as a value."


class CellTooLong(ImportProblem):
    """The text has {length} characters; at most {most} are kept."""

    next_step = "Shorten it; details belong into a document."


class CellControlCharacters(ImportProblem):
    """The text holds characters that cannot be shown (first: {character})."""

    next_step = "Type the text anew, or paste it as plain text."


class CellNoNumber(ImportProblem):
    """“{value}” is no number."""

    next_step = "Write figures only, for example 12 or 3.5."


class CellNumberTooLong(ImportProblem):
    """The cell is a number with more than 15 figures, of which Excel has lost the last."""

    next_step = "Format the cell as text and type the figures again."


class CellNoDate(ImportProblem):
    """“{value}” is no date."""

    next_step = "Write for example 2026-11-22."


class CellNoYesOrNo(ImportProblem):
    """“{value}” is neither yes nor no."""

    next_step = "Write 是 or 否."


class CellNoPairs(ImportProblem):
    """“{value}” names no element and column."""

    next_step = "Write one a line: code of the element = column of the table."


class CodeNotListed(ImportProblem):
    """“{value}” is not in the code list of this column."""

    basis = ("cn-809:13.2",)
    next_step = "Choose one of: {choices}."


class ReferenceUnknown(ImportProblem):
    """“{value}” was not found among the {what}."""

    next_step = "Write the name, the code or the identifier as it stands in the register."


class ReferenceAmbiguous(ImportProblem):
    """There are several {what} called “{value}”."""

    next_step = "Write the code or the identifier instead of the name."


class CellCutShort(ImportProblem):
    """This text was too long for a cell when it was exported, and there is no entry from which it could be kept."""

    next_step = "Use the JSON export, which holds every text whole."


# ---- rows ---------------------------------------------------------------------------------------------------------------


class RowWithoutKey(ImportProblem):
    """The row has no number of its own, so its elements cannot be told."""

    next_step = "Number the entries 1, 2, 3, … and write that number beside each of their elements."


class KeyTwice(ImportProblem):
    """The number “{value}” stands at two entries (rows {rows})."""

    next_step = "Give one of the two another number, and the same at its elements."


class EntryTwice(ImportProblem):
    """The same entry stands in the file twice (rows {rows})."""

    basis = ("cn-809:13.2",)
    next_step = "Delete one of the two rows, and its elements."


class ParentUnknown(ImportProblem):
    """No entry of the file has the number “{value}”."""

    next_step = "Write the number of the entry that this row belongs to."


class EntryUnknown(ImportProblem):
    """No entry of your department has this code or identifier: “{value}”."""

    basis = ("wushen-2021-60:20",)
    next_step = "Empty the cell to make a new entry, or correct the code; only the provider changes its entries."


class EntryMismatch(ImportProblem):
    """Code and identifier of this row belong to two entries."""

    next_step = "Keep one of the two and empty the other."


class EntryLocked(ImportProblem):
    """This entry is under review, before the authority or withdrawn, and cannot be changed now."""

    basis = ("cn-809:16.1",)
    next_step = "Wait until it is published or returned, or take the row out of the file."


# ---- acts ---------------------------------------------------------------------------------------------------------------


class NothingToImport(Refusal):
    """The file changes nothing: there is nothing to confirm."""

    basis = ("wushen-2021-60:7",)
    next_step = "Change the workbook and send it again."


class ImportChangedMeanwhile(Refusal):
    """Entries of this import were changed after the file was checked; it is checked again."""

    basis = ("wushen-2021-60:7",)
    next_step = "Look at the new preview and confirm again."


class NothingToUndo(Refusal):
    """Every entry of this import has been worked on since: there is nothing left to undo."""

    basis = ("wushen-2021-60:7",)
    next_step = "Deal with the entries one by one."


class ImportBroken(Refusal):
    """The file could not be worked on because of a fault of the product; nothing was imported."""

    basis = ("wushen-2021-60:7",)
    next_step = "Send the file again; if it happens once more, tell the platform operator the time it happened."


class ImportGivenUp(Refusal):
    """The work on this file ended before it was done {tries} times, as it does when memory runs out; nothing was imported."""

    basis = ("wushen-2021-60:7",)
    next_step = (
        "Split the entries over several files; if a small one fails too, tell the platform operator the time it happened."
    )
