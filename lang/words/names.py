"""The name-like words of a text, the keys under which another script finds them, and common words, which are never names.

The same person, place or loan word is spelled anew in every script, so keyword search cannot follow it from one to the other;
its sound can. See `lang.words.phonetics` for how a word becomes keys. Never names are, in Latin script, the function words; in
Devanagari, which has no capitals, ordinary words as well. Loan words (बैंक, फिल्म) are left out of these on purpose: they sound
alike in every script.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

from lang.languages import PAPER_LANGUAGES, Language, known_of, script_of
from lang.normalise import search_form
from lang.words import japanese, stemming
from lang.words.phonetics import keys

_LATIN = """
    a an the of to in on at by for from with without and or nor is are was were be been being do does did done has have had having
    it its this that these those as what which who whom whose when where why how many much there their theirs his her hers he she
    they we you i me my our your us them him not can could will would shall should may might must about into onto than then also
    any some such so but more most less least no yes if up down out off over under between among during before after since until
    while through per via each every all both either neither other another same own very too only just even still yet now here
    again ever never often always one two three four five six seven eight nine ten first second third last next new old few
    several name names named call called kind type types part parts year years month months day days time times number place used
    use uses using made make makes took take give given gave say says said tell told ask asked mean means meant become became get
    got go went come came know known list main according due because however although though within against across along around
    toward towards upon whether like people percent total amount long large small high low great good best based began begin end
    ended start started
"""

_DEVANAGARI = """
    के का की को में से पर ने है हैं था थी थे और या यह वह ये वे इस उस एक कि जो भी ही तो तक लिए साथ द्वारा गया गई गए किया करने कर
    करना करता करती करते रहा रही रहे होता होती होते हुआ हुई हुए क्या कौन किस किसने कब कहां कितने कितना कितनी कैसे क्यों सा सी किसे
    किसका किसकी किसके नाम जाता जाती जाते हो होने होना हूं हम हमारे अपने अपनी अपना आप तुम मैं मेरे उनके उनकी उनका उन्हें उन्होंने
    उसके उसकी उसका उसने उसे इसके इसकी इसका इसने इसे इन उन जिस जिसमें जिसके जिसकी जिसका जिसे जिन जिनके जब तब जहां वहां यहां कोई कुछ
    सभी सब बहुत अधिक कम ज्यादा केवल सिर्फ लेकिन परंतु मगर बाद पहले बीच अंदर बाहर ऊपर नीचे पास दूर अब फिर ओर तरफ तरह प्रकार रूप
    कारण समय वर्ष साल महीने दिन बार लोग लोगों दो तीन चार पांच छह सात आठ नौ दस पहला पहली दूसरा दूसरे दूसरी अन्य नहीं न मत बिना जैसे
    जैसा जैसी ऐसे ऐसा ऐसी इसलिए क्योंकि यदि अगर तथा एवं व अथवा चाहिए सकता सकती सकते दिया दी दिए दे देता देते देना लिया ली ले लेता
    लेना कहा कहते कहना जाना बना बनाया बनाने बनी बने मिला मिली मिलता रखा रखने स्थित सबसे बडा बडी बडे छोटा छोटी नया नई नए पूरा पूरी
    मुख्य दौरान अनुसार संबंधित आधारित प्राप्त उपयोग प्रयोग शुरू काम जगह संख्या आहे आहेत होत आणि हा हे ते ती त्या त्यांच्या
    त्याच्या तिच्या त्यांनी त्याने असे अशी असा असलेल्या असलेले असतो असते असतात जी जे ज्या मध्ये साठी येथे येथील येणार आला आली आले
    केला केली केले केलेल्या करण्यात करणे करून करत करतो करतात झाला झाली झाले झालेल्या काय कोण कोणी कोणत्या कोणता कोणती कोणते कोणाला
    कोणाचे कधी कुठे कोठे किती कसे कसा कशी केव्हा नाव यांनी यांच्या यांचे यांना आपल्या आपण त्यांना त्याला तिला मात्र पण किंवा
    म्हणून म्हणजे म्हटले म्हणतात म्हणाले जर तर नाही नाहीत नव्हते नसते सर्व काही इतर अनेक खूप फक्त केवळ कमी जास्त नंतर पूर्वी आता
    पुन्हा वेळ वर्षे वर्षी वर्षात दिवस महिने लोक दोन पाच सहा नऊ दहा पहिला पहिले पहिल्या पहिली दुसऱ्या दुसरा मोठा मोठी मोठे लहान
    नवीन द्वारे प्रमाणे दरम्यान जातात जातो दिले दिली दिला देण्यात घेण्यात घेतला घेतले लागले शकते शकतात शकतो हवे पाहिजे सुरू सुरु
    निर्माण सरकार भाप खिलाफ अंतिम राज्य वन माना मानना उदाहरण प्रतिशत सामान्य असमानता समानता अधिकांश विकसित विकास हिस्सा हिस्से दशक
    कभी अंक गेंद प्रवेश भाग देने जिनमें विशेष होगा होगी होंगे स्थापना स्थापित बात अध्ययन पैमाना अंतरिक्ष परीक्षण मूल देश व्यक्ति
    संग्रह प्रसिद्ध तरीका तरीके छात्र आर्थिक सदस्य अर्थ जीतना जीत हराना हार वर्तमान अनुवाद खेल शहर मृत्यु प्रदर्शन थीं लेख विज्ञान
    समस्या व्यक्त सकना दंड औसत सदस्यता भजन मौजूद तैयार अनुमान क्षेत्र जनसंख्या आबादी नदी पानी जल भूमि समुद्र पर्वत पहाड द्वीप सीमा
    राजधानी गांव जिला नगर सडक मार्ग पुल भवन इमारत घर कमरा दरवाजा विद्यालय विश्वविद्यालय शिक्षा शिक्षक अध्यापक पुस्तक किताब भाषा
    शब्द वाक्य कहानी कविता संगीत गीत नृत्य कला चित्र समाचार पत्र अखबार पत्रिका इतिहास संस्कृति धर्म धार्मिक मंदिर ईश्वर भगवान राजा
    रानी सम्राट साम्राज्य राजवंश शासन शासक युद्ध सेना सैनिक हथियार लडाई हमला आक्रमण विजय शांति संधि समझौता कानून नियम अधिनियम
    न्यायालय अदालत न्याय अधिकार अधिकारी मंत्री मंत्रालय प्रधानमंत्री राष्ट्रपति संसद चुनाव दल नेता राजनीति राजनीतिक राष्ट्र
    राष्ट्रीय अंतर्राष्ट्रीय विदेश विदेशी संघ संगठन संस्था समिति परिषद आयोग विभाग कार्यालय व्यापार उद्योग उत्पादन बाजार मूल्य कीमत
    लागत धन पैसा रुपये आय वेतन मजदूर श्रमिक कर्मचारी नौकरी रोजगार बेरोजगारी गरीबी अमीर गरीब संपत्ति निवेश ऋण बीमा वित्त वित्तीय
    अर्थव्यवस्था वृद्धि परिवर्तन बदलाव बदलना प्रभाव प्रभावित परिणाम कारक स्रोत साधन संसाधन ऊर्जा बिजली विद्युत ईंधन तेल कोयला ताप
    तापमान गर्मी ठंड हवा वायु दाब दबाव गति बल भार वजन लंबाई चौडाई ऊंचाई गहराई दूरी आकार माप मात्रा इकाई घन क्षेत्रफल गणित समीकरण
    सिद्धांत प्रमेय प्रयोगशाला खोज आविष्कार वैज्ञानिक तकनीक यंत्र उपकरण पहिया वाहन गाडी जहाज विमान हवाई उडान यात्रा यात्री पर्यटक
    पर्यटन मौसम वर्षा बारिश बाढ तूफान भूकंप सूखा बर्फ सूर्य सूरज चंद्रमा चांद पृथ्वी धरती ग्रह तारा आकाश प्रकाश रंग लाल नीला हरा
    पीला काला सफेद जानवर पशु पक्षी मछली कीट पेड पौधा पौधे फूल फल बीज पत्ता जड जंगल कोशिका शरीर रक्त हड्डी त्वचा मस्तिष्क हृदय आंख
    हाथ पैर सिर रोग बीमारी रोगी मरीज चिकित्सा चिकित्सक दवा औषधि अस्पताल उपचार इलाज स्वास्थ्य जन्म मौत मारना मारे जीवन जीवित आयु
    उम्र पुरुष महिला स्त्री लडका लडकी बच्चा बच्चे बेटा बेटी पुत्र पुत्री पिता माता मां भाई बहन पति पत्नी परिवार विवाह शादी समाज
    सामाजिक समूह समुदाय जाति जनजाति नागरिक जनता मानव मनुष्य व्यक्तिगत स्वतंत्र स्वतंत्रता आंदोलन विरोध समर्थन सहयोग सहायता मदद
    सेवा सुविधा सुरक्षा खतरा संकट दुर्घटना घटना योजना परियोजना कार्यक्रम कार्य कार्रवाई प्रक्रिया प्रणाली व्यवस्था संरचना ढांचा
    संबंध संपर्क संचार सूचना जानकारी ज्ञान शोध विवरण वर्णन उल्लेख दावा तर्क विचार राय निर्णय फैसला प्रस्ताव घोषणा आदेश अनुमति
    स्वीकार अस्वीकार मना रोकना रोक प्रतिबंध आवश्यक आवश्यकता जरूरत जरूरी महत्वपूर्ण महत्व प्रमुख विशेषता गुण लक्षण दोष लाभ हानि
    फायदा नुकसान सफल सफलता असफल प्रयास कोशिश लक्ष्य उद्देश्य इच्छा आशा डर प्रेम घृणा खुशी दुख सत्य झूठ सही गलत अच्छा बुरा सुंदर
    कठिन सरल आसान तेज धीमा भारी हल्का लंबा चौडा ऊंचा गहरा खुला बंद उत्तर दक्षिण पूर्व पश्चिम उत्तरी दक्षिणी पश्चिमी केंद्र
    केंद्रीय मध्य आंतरिक बाहरी प्राचीन आधुनिक पारंपरिक प्राकृतिक कृत्रिम सार्वजनिक निजी व्यापक विभिन्न अलग समान भिन्न विपरीत
    निश्चित संभव असंभव अक्सर हमेशा आमतौर लगभग करीब ठीक शायद वास्तव वास्तविक प्रारंभ प्रारंभिक आरंभ शुरुआत अंत समाप्त पूर्ण आधा
    चौथाई तिहाई सौ हजार लाख करोड शताब्दी सदी सप्ताह घंटे तारीख जनवरी फरवरी कल आज सुबह शाम रात आना आया देखना देखा सुनना पढना लिखना
    लिखा बोलना बोला समझना जानना सीखना सिखाना खाना पीना सोना उठना बैठना चलना चलाया दौडना पहुंचा पहुंचना निकलना छोडना छोडा पकडना
    बेचना बेचा खरीदना खरीदा जोडना जोडा काटना काटा तोडना टूटना बांटना विभाजित बढना बढाना गिरना मिलाना पाना पाया पाई खोना ढूंढना
    चुनना चुना भेजना भेजा लाना लाया लगाना लगाया लगा लगता रहना रखना सहना हटाना हटाया दिखाना दिखाया बताना बताया बताइए पूछना मानते
    माने मनाया मनाना जुडा बसा बसाया नियुक्त निर्देश निर्देशन प्रकाशित प्रकाशन आयोजित आयोजन सम्मेलन बैठक पुरस्कार सम्मान पदक
    प्रतियोगिता खिलाडी प्रशिक्षण अभ्यास परीक्षा डिग्री पद भूमिका जिम्मेदारी जिम्मेदार कर्तव्य शक्ति क्षमता ताकत शामिल सम्मिलित
    उपलब्ध सीमित असीमित नियंत्रण संचालन संचालित प्रबंधन रखरखाव मरम्मत खर्च व्यय वार्षिक मासिक दैनिक कुल सकल न्यूनतम अधिकतम दर
    अनुपात चेतावनी निकासी मंच शहरात शहराने गाव जिल्हा तालुका पाणी जमीन डोंगर बेट रस्ता रस्ते पूल खोली दार शाळा विद्यापीठ शिक्षण
    गोष्ट गाणे चित्रपट बातमी वृत्तपत्र संस्कृती देव राणी सैन्य शस्त्र लढाई हल्ला शांतता करार कायदा मुख्यमंत्री पंतप्रधान
    राष्ट्रपती विधानसभा निवडणूक पक्ष राजकारण राजकीय आंतरराष्ट्रीय परदेश परदेशी संघटना समिती किंमत पैसे रुपयांचा उत्पन्न कामगार
    नोकरी गरिबी संपत्ती गुंतवणूक कर्ज विमा वाढ घट बदल वीज इंधन कोळसा उष्णता थंडी वेग लांबी रुंदी उंची अंतर प्रमाण एकक क्षेत्रफळ
    शास्त्रज्ञ तंत्र तंत्रज्ञान यंत्रे यंत्रणा चाक प्रवास प्रवासी हवामान पाऊस पूर इशारा इशारे वादळ दुष्काळ चंद्र निळा हिरवा पिवळा
    काळा पांढरा प्राणी मासा कीटक झाड झाडे वनस्पती फळ बी पान मूळ पेशी हाड मेंदू डोळा हात पाय डोके आजार रुग्ण वैद्यकीय औषध रुग्णालय
    आरोग्य मृत्यू वय मुलगा मुलगी मुले वडील आई भाऊ बहीण पती कुटुंब लग्न गट जात जमात नागरिकांना माणूस व्यक्ती स्वातंत्र्य चळवळ
    पाठिंबा सहकार्य मदत धोका अपघात प्रकल्प कारवाई रचना माहिती संशोधन अहवाल तपशील परवानगी बंदी गरज गरजेचे महत्त्वाचे महत्त्व
    महत्वाचे वैशिष्ट्य यश यशस्वी प्रयत्न उद्देश हेतू भीती आनंद दुःख चूक चुकीच्या बरोबर योग्य चांगला चांगले वाईट कठीण सोपे वेगवान
    हळू हलके लांब रुंद उंच खोल उघडा उत्तरेकडील आतील बाहेरील नैसर्गिक खाजगी खासगी विविध वेगळे शक्य अशक्य नेहमी सहसा सुमारे जवळपास
    कदाचित खरे सुरुवात अखेर शेवट शेवटची अर्धा शंभर कोटी शतक आठवडा तास काल उद्या सकाळ संध्याकाळ रात्र येणे जाणे गेला गेले गेली
    पाहणे पाहिले ऐकणे वाचणे लिहिणे लिहिले बोलणे समजणे शिकणे शिकवणे खाणे पिणे झोपणे उठणे बसणे बसवली बसवले चालणे चालवणे धावणे
    पोहोचणे निघणे सोडणे पकडणे विकणे विकत घेणे जोडणे कापणे मोडणे वाटणे विभागणे वाढणे वाढवणे पडणे मिळणे मिळाले मिळाली शोधणे निवडणे
    पाठवणे आणणे लावणे लागणे राहणे ठेवणे ठेवले काढणे दाखवणे सांगणे सांगितले विचारणे मानणे नियुक्ती सन्मान स्पर्धा खेळ खेळाडू सामना
    सराव पदवी जबाबदारी जबाबदार शक्ती समावेश मर्यादा व्यवस्थापन देखभाल दुरुस्ती निधी एकूण किमान कमाल चाचणी मंजूर मंजुरी अर्ज दाखल
    तक्रार पाणीपुरवठा कलम सहभागी पालन मापक अनुदान
"""


@cache
def common_latin() -> frozenset[str]:
    """Common words of English, and the function words of other languages in Latin script."""
    others = (language for language in PAPER_LANGUAGES if language != "en" and script_of(language) == "latin")
    return frozenset(_LATIN.split()).union(*(known_of(language)["function_words"].split() for language in others))


@lru_cache(maxsize=2)
def common_devanagari(language: str) -> frozenset[str]:
    """Words in search form and their stems in Marathi (``mr``) or Hindi (``hi``)."""
    words = _DEVANAGARI.split()
    return frozenset(words) | frozenset(map(stemming.STEMMERS[language], words))


_WORD = regex.compile(
    r"(?P<latin>(?:\p{Script=Latin}\p{M}*)++(?:['’]s\b)?)"
    r"|(?P<devanagari>(?:\p{Script=Devanagari}|[\u200c\u200d])++)"
    r"|(?P<japanese>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆ヶ]++)"
)
_DANDA = regex.compile("[।॥०-९\u200c\u200d]")
_VOWELS = regex.compile(r"[\u0900-\u0903\u093e-\u094c]+")
_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Name:
    """A name-like word as it stands in the text, and its keys, any of which finds it."""

    surface: str
    keys: tuple[str, ...]


def names(text: str, language: Language) -> tuple[Name, ...]:
    """The name-like words of a passage or question, in order, each once."""
    found: dict[str, Name] = {}
    for surface, word_keys in _found(text, language):
        if word_keys and surface not in found:
            found[surface] = Name(surface, word_keys)
    return tuple(found.values())


def name_keys(text: str, language: Language) -> tuple[str, ...]:
    """All keys of the name-like words of a text, each once."""
    return tuple(dict.fromkeys(key for name in names(text, language) for key in name.keys))


def _found(text: str, language: Language) -> Iterator[tuple[str, tuple[str, ...]]]:
    for match in _WORD.finditer(text):
        surface = match.group()[:_LONGEST]
        if match.lastgroup == "latin":
            yield surface, _latin(surface)
        elif match.lastgroup == "devanagari":
            yield surface, _devanagari(surface, "hi" if language == "hi" else "mr")
        else:
            for reading in japanese.name_readings(match.group()):
                yield reading, keys(reading)


@lru_cache(maxsize=100_000)
def _latin(surface: str) -> tuple[str, ...]:
    word = regex.sub("['’]s$", "", surface)
    if len(word) < 2 or word.lower() in common_latin():
        return ()
    found = dict.fromkeys(keys(word))
    if word.lower().endswith("s") and not word.lower().endswith("ss") and len(word) > 4:
        found |= dict.fromkeys(keys(word[:-1]))
    if word.isupper():
        found[f"={word.lower()}"] = None
    return tuple(found)


@lru_cache(maxsize=100_000)
def _devanagari(surface: str, language: str) -> tuple[str, ...]:
    word = _DANDA.sub("", search_form(surface).text)
    stemmed = stemming.STEMMERS[language](word)
    common = common_devanagari(language)
    if word in common or stemmed in common:
        return ()
    return tuple(dict.fromkeys(keys(word) + keys(_nominative(stemming.fold(word), stemmed))))


def _nominative(folded: str, stemmed: str) -> str:
    """A word without its case endings, but with the last vowel, which a stem lacks."""
    if not folded.startswith(stemmed):
        return stemmed
    vowels = _VOWELS.match(folded, len(stemmed))
    return stemmed + vowels.group() if vowels is not None else stemmed
