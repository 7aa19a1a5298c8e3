"""The encodings that programs save text in: UTF-8, UTF-16, and the code page of Excel where it leaves no doubt.

Excel's plain "CSV" is in the code page of the country: Windows-1252 in Western, 1250 in Central Europe, 1254 in Turkey.
Bytes do not tell which. So only letters that all three have in the same place are read (ä ö ü ß é á ó ç š and their
like); a text with others is refused, because a wrong letter in a brand would go unnoticed for ever.
"""

from __future__ import annotations

import re

CODE_PAGES = ("cp1252", "cp1250", "cp1254")
UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
SHARED_LETTERS = "".join(
    letter
    for letter in map(chr, range(0x80, 0x180))
    if len({letter.encode(page, "ignore") for page in CODE_PAGES}) == 1
)
WITHOUT_DOUBT = re.compile(f"[\x00-\x7f{SHARED_LETTERS}]*")
ANOTHER_ALPHABET = re.compile("[À-ÿ]{3}")  # in a row: Cyrillic, Greek, Hebrew or Arabic in their own code pages


class EncodingUnknown(ValueError):
    """A text is in none of the encodings; `line_number` is the first line where it shows."""

    def __init__(self, message: str, line_number: int):
        super().__init__(message)
        self.line_number = line_number


def decoded(content: bytes) -> str:
    """Return the text of a file that a person saved, without a byte order mark. Raises EncodingUnknown."""
    if encoding := UTF16.get(content[:2]):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise EncodingUnknown("the bytes are not the UTF-16 that they begin as", _line(content, error)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = content.decode(CODE_PAGES[0], "replace")
        if WITHOUT_DOUBT.fullmatch(text) and not ANOTHER_ALPHABET.search(text):
            return text
        raise EncodingUnknown("the bytes are not UTF-8", _line(content, error)) from None


def _line(content: bytes, error: UnicodeDecodeError) -> int:
    return content[: error.start].count(b"\n") + 1
