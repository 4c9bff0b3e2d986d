"""Words by which a question leans on the conversation, and words that say nothing of what it is about, by language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import regex

from lang.codes import Language
from lang.data_files import toml_of

_END = r"(?![\p{L}\p{M}\u200c\u200d])"
_START = r"(?<![\p{L}\p{M}\u200c\u200d])"


def _words(text: str) -> str:
    return _START + "(?:" + "|".join(sorted(text.split(), key=lambda w: (-len(w), w))) + ")" + _END


OPENING: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"(?:and|but|or|then|so|also|what about|how about|what else|any other|which of (?:them|these|those))\b", regex.I),
    "mr": regex.compile(r"(?:आणि|पण|परंतु|मग|तसेच|किंवा|शिवाय|नंतर)" + _END),
    "hi": regex.compile(r"(?:और|लेकिन|पर|मगर|फिर|तो|या|साथ ही|इसके अलावा)" + _END),
    "ja": regex.compile(r"では|じゃあ|それでは|それなら|そして|また(?!は)|あと|ちなみに|でも|しかし|なら"),
}
"""What a question begins with that goes on from the one before."""

ABOUT: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"(?:and |but )?(?:what|how) about\b", regex.I),
    "mr": regex.compile(r"(?:चे|चा|ची|बद्दल|बाबत|विषयी)\s*काय\s*\?*\s*$"),
    "hi": regex.compile(r"(?:का|की|के|के बारे में)\s*क्या\s*(?:है)?\s*\?*\s*$"),
    "ja": regex.compile(r"(?:は|については|に関しては|の場合は)\s*(?:どう(?:ですか|なりますか)?)?\s*[?？。]*\s*$"),
}
"""The same question is asked of another thing: "What about Hoshimori?", "होशिमोरीचे काय?", 「星森は？」."""

POINTING: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(
        r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|there|that|those|these|one|ones|the same)\b"
        r"|\b(?:such|the former|the latter)\b"
        r"|\bthis\b(?!\s+\p{L})",
        regex.I,
    ),
    "mr": regex.compile(
        _words(
            """
            त्याची त्याचा त्याचे त्याच्या त्याला त्याने त्यात त्यातील त्यातून त्यावर त्यासाठी त्यामुळे त्यानंतर त्याबद्दल त्याबाबत त्यापैकी त्यानुसार
            तिची तिचा तिचे तिच्या तिला तिने तीत त्यांची त्यांचा त्यांचे त्यांच्या त्यांना त्यांनी त्यांत त्यांपैकी त्यांच्यासाठी
            याची याचा याचे याच्या याला यात यातील यावर यासाठी यामुळे यानंतर याबद्दल याबाबत यापैकी यांची यांचे यांना
            ह्याची ह्याचा ह्याचे तो ती ते त्या तेथे तिथे तेव्हा तसे
            """
        )
    ),
    "hi": regex.compile(
        _words(
            """
            उसका उसकी उसके उसने उसे उसमें उससे उसपर उनका उनकी उनके उन्हें उन्होंने उनमें उनसे वह वे वहाँ वहां तब उस उन
            इसका इसकी इसके इसने इसे इसमें इससे इसपर इनका इनकी इनके इन्हें इन्होंने इनमें यह ये यहाँ यहां ऐसा ऐसी
            """
        )
        + r"|"
        + _START
        + r"(?:इस|इन)\s+(?:पर|में|से)"
        + _END
    ),
    "ja": regex.compile(
        r"それ|その|そこ|そちら|そう(?:です|した)|これ(?!ら?まで|から)|彼女|彼ら?|(?<!\p{Han})同(?:社|氏|市|国|省|委員会)|両者|当時"
    ),
}
"""Words that stand for something said before. A demonstrative before a noun ("हा करार", "this memorandum") is none of them."""

WANTED: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"\b(?:who|whose|when|where|why|how (?:many|much|long|often|far))\b", regex.I),
    "mr": regex.compile(_START + r"(?:कधी\p{L}*|केव्हा|कोणी|कोणाला|कोण|कुठे|कोठे|किती|कसे|कशी)" + _END),
    "hi": regex.compile(_START + r"(?:कब|किसने|किसे|कौन|कहाँ|कहां|कितन[ाीे]|क्यों|कैसे)" + _END),
    "ja": regex.compile(r"いつ|誰|どこ|いくら|なぜ|どれくらい|どのくらい|何\p{Han}{1,2}(?:ごと)?"),
}
"""What a question wants to be told: *when*, किती, いくら."""

ASKS_ITSELF: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(
        r"\b(?:who|whom|whose|when|where|why|how|which|what|whether)\b"
        r"|^(?:and |but |or |then |so )*(?:is|are|was|were|do|does|did|will|would|shall|should|can|could|may|must|has|have|had)\b",
        regex.I,
    ),
    "mr": regex.compile(_START + r"(?:काय|कोण|कधी|केव्हा|कुठ|कोठ|किती|कस|कश|का\s*\?*$)"),
    "hi": regex.compile(_START + r"(?:क्या|कौन|किस|किन|कब|कहाँ|कहां|कितन|कैस|क्यों)"),
    "ja": regex.compile(r"か\s*[。？?]*$|誰|いつ|どこ|何|いくら|なぜ|どれ|どの|どう"),
}
"""A question with a word or form of its own that asks; "And the other pilot?" has none and wants what the question before it wanted."""

OF_THAT: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"\b(?:its|their|his|her|whose)\b", regex.I),
    "mr": regex.compile(_START + r"(?:त्याच|तिच|त्यांच|याच|यांच|हिच)[\p{L}\p{M}]"),
    "hi": regex.compile(_START + r"(?:उसक|उनक|इसक|इनक)[\p{L}\p{M}]"),
    "ja": regex.compile(r"その|それらの"),
}
"""Something else of what was spoken of is asked for, "And its yearly cost?", so what the question before wanted is not wanted again."""

_STORED = toml_of("kb.search", "cues.toml")
IDLE: Mapping[Language, frozenset[str]] = {language: frozenset(words.split()) for language, words in _STORED["idle"].items()}
"""Words that do not say what a question is about; Japanese ones in the dictionary's normal form."""


@lru_cache(maxsize=8)
def idle(language: Language) -> frozenset[str]:
    """Words that carry no topic in a question of that language."""
    return IDLE.get(language, frozenset()) | IDLE["en"]
