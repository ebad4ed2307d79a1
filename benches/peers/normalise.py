"""Values of the extracts in the form in which all peers get them. Standard library alone.

zvirka reads the extracts itself. Nothing of it is used here, so that a mistake of its
normalising cannot be shared.
"""

import re
import unicodedata
from datetime import date, timedelta

APOSTROPHES = "'’‘ʼ`´′\"″”“"
HYPHENS = "‐‑‒–—−"
# Latin letters that look like Cyrillic ones; state systems fold them so.
LATIN_LOOK_ALIKES = str.maketrans("ETIOPAHKXCBMY", "ЕТІОРАНКХСВМУ")
CYRILLIC = re.compile("[А-ЯЄІЇҐЁЪЫЭ]")
# Resolution 55 of the Cabinet of Ministers, 27 January 2010: within a word.
KMU55 = dict(
    zip(
        "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЮЯЁЭЫ",
        "A B V H G D E IE ZH Z Y I I I K L M N O P R S T U F KH TS CH SH SHCH IU IA IO E Y".split(),
        strict=True,
    )
)
# At the start of a word.
KMU55_FIRST = {"Є": "YE", "Ї": "YI", "Й": "Y", "Ю": "YU", "Я": "YA", "Ё": "YO"}
MONTHS = (
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня".split()
)


def name(text):
    """A part of a name: capitals, one kind of hyphen, no apostrophes, no remark in brackets."""
    if not text:
        return None
    text = unicodedata.normalize("NFC", text).upper()
    text = re.sub(r"\(.*?\)", " ", text)
    text = "".join("-" if c in HYPHENS else c for c in text if c not in APOSTROPHES)
    if CYRILLIC.search(text):
        text = text.translate(LATIN_LOOK_ALIKES)
    text = re.sub(r"[^\w\s-]|[\d_]", " ", text)
    text = re.sub(r"\s*-\s*", "-", text)
    return " ".join(text.split()).strip("-") or None


def full_name(text):
    """Surname, given name, patronymic of one cell."""
    words = (name(text) or "").split()
    words += [None] * (3 - len(words))
    return words[0], words[1], " ".join(w for w in words[2:] if w) or None


def kmu55(text):
    """A name of `name` in Latin letters by the table of 2010."""
    if not text:
        return text
    out = []
    before = " "
    for letter in text:
        if letter in "ЬЪ":
            continue
        if letter == "Г" and before == "З":
            out.append("GH")
        elif before in " -" and letter in KMU55_FIRST:
            out.append(KMU55_FIRST[letter])
        else:
            out.append(KMU55.get(letter, letter))
        before = letter
    return "".join(out)


def is_latin(text):
    """Whether a name has no Cyrillic letter."""
    return bool(text) and not CYRILLIC.search(text)


def birth_date(text):
    """A date as YYYY-MM-DD; None where it is no date of the calendar."""
    if not text:
        return None
    text = text.strip().lower()
    if match := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t].*)?$", text):
        return _day(match[1], match[2], match[3])
    if match := re.match(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})\s*(?:р\.?)?$", text):
        year = match[3] if len(match[3]) == 4 else "20" + match[3]
        return _day(year, match[2], match[1])
    if match := re.match(r"(\d{1,2})\s+([а-яіїєґ]+)\s+(\d{4})\s*(?:р\.?)?$", text):
        if match[2] in MONTHS:
            return _day(match[3], MONTHS.index(match[2]) + 1, match[1])
    if re.fullmatch(r"[34]\d{4}(\.0)?", text):  # a number of Excel
        return (date(1899, 12, 30) + timedelta(days=int(text[:5]))).isoformat()
    return None


def _day(year, month, day):
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def sex(text):
    """`m` or `f`."""
    first = (text or "").strip().lower()[:1]
    return {"ч": "m", "m": "m", "м": "m", "ж": "f", "f": "f"}.get(first)


def certificate(series, number):
    """The two letters of the series and six digits of a birth certificate, in two cells.

    The Roman numeral before the letters is left out: it is written in a dozen ways.
    """
    digits = re.sub(r"\D", "", number or "")
    if not 4 <= len(digits) <= 6:
        digits = None
    return _letters(series), digits and digits.zfill(6)


def _letters(series):
    series = re.sub("СЕРІЯ|НОМЕР", "", (series or "").upper()).translate(LATIN_LOOK_ALIKES)
    letters = re.sub("[^А-ЯЄІЇҐ]", "", series)
    return letters[-2:] if len(letters) >= 2 else None


def document(text):
    """A dict of what a cell with any document holds, told by its form:

    `certificate_series` and `certificate_number`, `document`, `unzr` or `rnokpp`.
    """
    if not text:
        return {}
    plain = re.sub("СЕРІЯ|НОМЕР|ПАСПОРТ", "", text.upper())
    plain = re.sub(r"№|\bN\b|(?<=[^A-Z])N(?=\d)", " ", plain)
    digits = re.sub(r"\D", "", plain)
    solid = re.sub(r"[\s\-–/.]", "", plain)
    if re.fullmatch(r"\d{13}", solid):
        return {"unzr": solid}
    if re.fullmatch(r"\d{10}", solid):
        return {"rnokpp": solid}
    if re.fullmatch(r"\d{9}|[^\W\d]{2}\d{6}", solid):
        return {"document": solid}
    if match := re.fullmatch(r"(.{0,4}[^\W\d_]{2})(\d{4,6})", solid):
        return {
            "certificate_series": _letters(match[1]),
            "certificate_number": match[2].zfill(6),
        }
    if re.fullmatch(r"\d{4,6}", solid):
        return {"certificate_number": solid.zfill(6)}
    return {"document": solid} if len(digits) >= 5 else {}


def number(text, length):
    """An identifier of so many digits; None where it has another form or says nothing."""
    digits = re.sub(r"\D", "", text or "")
    return digits if len(digits) == length and digits.strip("0") else None
