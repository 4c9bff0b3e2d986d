"""The languages that papers and questions are in, and language identification: which of them a text is in.

The script decides first; Marathi and Hindi, which share one, are told apart by function words, word endings and letters
that only one of them uses. Weights are counts of evidence, not probabilities.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import regex

from lang.data_files import words

Language: TypeAlias = Literal["mr", "hi", "en", "ja", "und"]
"""ISO 639-1 code of one of our languages, or ``und`` where a text has too few letters to tell."""

LANGUAGES: tuple[Language, ...] = ("mr", "hi", "en", "ja")


_RUNS = regex.compile(
    r"(?P<deva>[\u0900-\u0963\u0970-\u097F\u200C\u200D]+)"
    r"|(?P<cjk>[\p{Hiragana}\p{Katakana}\p{Han}ー々〆]+)"
    r"|(?P<latin>\p{Latin}+)"
    r"|(?P<other>\p{L}[\p{L}\p{M}]*)"
)

# Devanagari writes a vowel as a sign of its own and Japanese packs a syllable or a word into one character: the weights
# make "MLITचा करार" Marathi and "PLATEAUとは何か" Japanese although Latin letters outnumber the others.
_WEIGHT = {"deva": 1.5, "cjk": 2.5, "latin": 1.0, "other": 1.0}
_MIN_LATIN = 3
_MIN_DEVANAGARI = 2
_CERTAIN = 2.0
_NOUN = 2.0
_ENOUGH_WORDS = 60

_MR_WORDS = words(
    """
    आहे आहेत आहोत आहात आणि नाही नाहीत नव्हता नव्हती नव्हते होते होती होत्या असून असते असतो असतात असावे असेल असलेल्या असलेले
    असलेली असलेला असे अशी असा अशा यांनी यांना यांच्या यांचा यांची यांचे यांच्यात याचा याची याचे याच्या यावर यात यामध्ये
    यासाठी यामुळे यांचेकडून त्यांनी त्यांना त्यांच्या त्यांचा त्यांची त्यांचे त्याने तिने त्याला तिला त्याचा त्याची त्याचे
    त्याच्या तिच्या त्यामुळे त्यात त्यासाठी त्यावर ह्या ह्याचा हा हे ते ती त्या तसेच तसे तशी काय कोणी कोणाला कोणाचे कोणाची
    कोणाचा कोणते कोणता कोणती कोणत्या कुणी कधी कुठे कोठे कसा कशी कसे कशा किती केव्हा कशाला कशासाठी कशामुळे केला केली केले
    केलेल्या केलेली केलेले केलेला झाला झाली झाले झालेल्या झालेली झालेले करून करतात करते करतो करावे करावी करणे करण्यात
    करण्यासाठी मध्ये साठी पासून म्हणून म्हणजे म्हणजेच म्हणाले म्हणतात मात्र व पण परंतु फक्त खूप आम्ही तुम्ही आम्हाला तुम्हाला
    मला माझ्या माझे आपल्या आपले आपली दिला दिली दिले दिलेल्या गेला गेली गेले गेलेल्या आला आली आले आलेल्या येथे येथील तेथे येते
    येत येईल येतात येणार जातो जाते जातात जाईल जाणार बाबत बाबतची बद्दल विषयी कडून मुळे नंतर एका एखाद्या एखादा इतर कोणतीही
    कोणतेही सुरू दुसऱ्या पहिल्या मोठ्या सर्वात शकतो शकते शकतात लागले लागतो होऊन घेऊन देऊन होईल होणार होणे देणे घेणे व्हावे
    जेव्हा तेव्हा जिथे तिथे पाहिजे हवे अन् बरोबर ला चे च्या चा ची ना नी मधील दरम्यानचे वर्षी वर्षे काही सर्व शेवटी
    """
)
_HI_WORDS = words(
    """
    है हैं था थी थे थीं का के को में से ने पर और यह वह ये वे इस उस इन उन इसके उसके इनके उनके इसका उसका उनका इसकी उसकी उनकी
    इसमें उसमें उनमें इसे उसे इन्हें उन्हें इन्होंने उन्होंने उसने इसने जिसने जिसे जिसमें जिसके जिसकी जिसका जिन्हें कि किया
    किए किये की गया गई गए गयी गये हुआ हुई हुए लिए लिये करने करना करता करती करते करें करेगा करेंगे होना होने होती नहीं क्या
    कौन कौनसा कौनसी कब कहाँ कहां कैसे कैसा कैसी कितना कितने कितनी किस किसने किसके किसका किसकी किसे किसको किन क्यों द्वारा
    अपने अपनी अपना हो रहा रही रहे सकता सकती सकते दिया दी लेकिन जब तब अगर यदि अब बीच कुछ बहुत सबसे सभी वाले वाला वाली मैं हम
    हमारे हमारी आप आपके मेरे मुझे तुम एवं तथा अथवा बल्कि हालांकि जहां जहाँ वहां वहाँ यहां यहाँ जैसे जैसा ऐसे ऐसा ऐसी चाहिए
    जाता जाती जाते जाना जाने जाए जाएगा जाएगी जाएंगे जाएँ होगा होगी होंगे रूप दौरान साथ बाद तक भी लोग दो साल पहले दूसरे नाम
    बारे ओर तरह बना बनाया बने कहते कहा कई सिर्फ केवल इसलिए क्योंकि मिला मिली लगभग
    """
)
# Said in both languages, but far more in one of them.
_MR_WEAK = words(
    """
    तर आणखी येथून अनेक तो होता आपण मी
    """
)
_HI_WEAK = words(
    """
    भी तक साथ बाद नाम दो दी रूप पर कहा
    """
)

_MR_ENDINGS = words(
    """
    च्या ाचा ाची ाचे ांचा ांची ांचे ीचा ीची ीचे ेचा ेची ेचे ूचे ांनी ांना ाला ीला ेला मध्ये साठी ासून ण्यात ण्यास ण्याची
    ण्याचे ण्याचा ातील ांतील ेतील ीतील ावर ेवर ीवर ांवर मुळे कडून कडे ाबाबत बाबत द्वारे लेल्या लेला लेली लेले णारा णारी णारे
    णाऱ्या तात ाव्या ावी ावे ांमध्ये प्रमाणे नुसार ऱ्या ण्याबाबत ांत ेत ेने ाने ीने ून चे ची चा णे शी ला ही वा च
    """
)
_HI_ENDINGS = words(
    """
    ाओं ियों ुओं ियाँ ियां ाएँ ाएं एंगे ेंगे ेगा ेगी ेंगी ाया ाई ाए ाओ ों ें कर ता ाने ना
    """
)
_ENDING_WEIGHT = {"च्या": 3, "ण्यात": 3, "मध्ये": 3, "ांनी": 3, "ांना": 3, "लेल्या": 3, "ों": 2, "ाओं": 3, "ियों": 3, "ें": 2}
_WEAK_ENDINGS = frozenset(("चे", "ची", "चा", "णे", "शी", "ला", "ही", "वा", "च", "ेत", "ून", "ता", "ना", "कर", "ाई", "ाए", "ाने"))
_MR_LETTERS = regex.compile(r"[\u0933\u0972\u0931]|[^\u0905]\u0945|\u0930\u200D")
_HI_LETTERS = regex.compile(r"[\u0901\u093C\u0958-\u095F]")


def _ending_scores() -> dict[str, float]:
    """Ending → evidence, positive for Marathi, negative for Hindi."""
    scores: dict[str, float] = {}
    for sign, endings in ((1.0, _MR_ENDINGS), (-1.0, _HI_ENDINGS)):
        for ending in endings:
            weight = 0.5 if ending in _WEAK_ENDINGS else float(_ENDING_WEIGHT.get(ending, 2))
            scores[ending] = scores.get(ending, 0.0) + sign * weight
    return scores


# The nouns of our papers, for questions of two or three words that hold nothing else to go by.
_MR_NOUNS = words(
    """
    कोण करार करारावर सहकार्य मसुदा स्वाक्षरी पूर इशारा यंत्रणा धोरण माहिती तक्रार अहवाल बातमी बातम्या महानगरपालिका पाणी पाणीपट्टी वाहतूक उपस्थिती
    अंमलबजावणी नवोन्मेष देवाणघेवाण कलम प्रकरण जोडपत्र किंमत गरज सुरुवात जबाबदारी रस्ते
    """
)
_HI_NOUNS = words(
    """
    समझौता समझौते ज्ञापन मसौदा हस्ताक्षर बाढ़ बाढ चेतावनी जानकारी शिकायत रिपोर्ट खबर निगम पानी यातायात लागत धारा ज़रूरत शुरुआत बैठकें ज़िम्मेदारी सड़कें
    साझेदारी भागीदारी आदान सहयोग परियोजना
    """
)

_WORDS: dict[str, float] = (
    dict.fromkeys(_MR_WORDS, 3.0)
    | dict.fromkeys(_HI_WORDS, -3.0)
    | dict.fromkeys(_MR_WEAK - _MR_WORDS, 1.0)
    | dict.fromkeys(_HI_WEAK, -1.0)
    | dict.fromkeys(_MR_NOUNS, _NOUN)
    | dict.fromkeys(_HI_NOUNS, -_NOUN)
)
_ENDINGS = _ending_scores()
_LONGEST_ENDING = max(map(len, _ENDINGS))


def _marathi_evidence(spoken: list[str]) -> float:
    """Evidence for Marathi (positive) against Hindi (negative) in Devanagari words."""
    total = 0.0
    for word in spoken:
        known = _WORDS.get(word)
        if known is not None:
            total += known
            continue
        for size in range(min(_LONGEST_ENDING, len(word) - 1), 0, -1):
            score = _ENDINGS.get(word[-size:])
            if score is not None:
                total += score
                break
        if _MR_LETTERS.search(word):
            total += 2.0
        elif _HI_LETTERS.search(word):
            total -= 2.0
    return total


def detect(text: str, default: Language = "und") -> Language:
    """The language that most of ``text`` is written in.

    ``default`` is the answer where there are too few letters to tell, and where nothing tells Marathi from Hindi and
    ``default`` is one of the two; Devanagari that could be either is otherwise ``und``. So is another script.
    """
    size = {"deva": 0.0, "cjk": 0.0, "latin": 0.0, "other": 0.0}
    found_words: list[str] = []
    for run in _RUNS.finditer(text):
        script = run.lastgroup or "other"
        found = run.group()
        size[script] += len(found) * _WEIGHT[script]
        if script == "deva":
            found_words.append(found)
    script = max(size, key=size.__getitem__)
    if size[script] == 0:
        return default
    if script == "cjk":
        return "ja"
    if script == "latin":
        return "en" if size["latin"] >= _MIN_LATIN else default
    if script == "other":
        return "und"
    if sum(map(len, found_words)) < _MIN_DEVANAGARI:
        return default
    evidence = _marathi_evidence(found_words[:_ENOUGH_WORDS])
    # One weak ending ("प्रस्तावना") must not turn a heading of a Marathi paper into Hindi.
    if default in ("mr", "hi") and abs(evidence) < _CERTAIN:
        return default
    if evidence > 0:
        return "mr"
    if evidence < 0:
        return "hi"
    return default if default in ("mr", "hi") else "und"
