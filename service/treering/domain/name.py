"""Names of people: what is accepted, and the one rule by which public pages mask them."""

import re
import unicodedata

from treering.errors import NameRefused

MAX_CHARACTERS = 100
HIDDEN = "***"  # in place of a masked name that is not to be shown; no name is masked so
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol by category, empty to the eye
# Surnames of two characters, simplified and traditional, still in use.
_COMPOUND_SURNAMES = frozenset(
    """
    欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 独孤 獨孤 南宫 南宮
    夏侯 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 长孙 長孫 宇文 轩辕 軒轅 鲜于
    鮮于 端木 申屠 太史 澹台 澹臺 公冶 宗政 濮阳 濮陽 淳于 单于 單于 闻人
    聞人 钟离 鍾離 拓跋 呼延 赫连 赫連 万俟 萬俟 百里 东郭 東郭 西门 西門
    第五
    """.split()
)


# Nine names of ten in China: accepted and Han at a glance, for each has but one form in Unicode.
_is_plain = re.compile("[\u4e00-\u9fa5]{1,100}").fullmatch


def accepted(name: str) -> str:
    """The name in NFC without outer spaces; NameRefused if nobody is called that."""
    tidy = unicodedata.normalize("NFC", name).strip()
    if not tidy:
        raise NameRefused("the name is empty")
    if len(tidy) > MAX_CHARACTERS:
        raise NameRefused(f"the name has {len(tidy)} characters, at most {MAX_CHARACTERS} fit")
    if unicodedata.category(tidy[0]).startswith("M"):
        raise NameRefused("the name begins with an accent that has no letter to stand on")
    for character in tidy:
        # Cc control, Cf format (right-to-left marks among them), Co/Cs/Cn no character at all
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"} or character in _BLANKS:
            raise NameRefused(f"the name holds U+{ord(character):04X}, which cannot be seen")
    return tidy


def masked(name: str) -> str:
    """张三 → 张*, 张三丰 → 张**, 欧阳修 → 欧阳*, 阿依古丽·买买提 → 阿***, John Smith → J***."""
    if _is_plain(name):
        return _without_given_name(name)
    tidy = accepted(name)
    if not all(_is_han(character) for character in tidy):
        return tidy[0] + "***"
    return _without_given_name(tidy)


def _without_given_name(han: str) -> str:
    if len(han) == 1:
        return "*"
    surname = 2 if len(han) > 2 and han[:2] in _COMPOUND_SURNAMES else 1
    return han[:surname] + "*" * (len(han) - surname)


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK ")
