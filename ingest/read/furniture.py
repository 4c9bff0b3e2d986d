"""What the lines that newspapers put around their stories say, in four languages.

Patterns are matched against `folded` text.
"""

from __future__ import annotations

import unicodedata

import regex

# Pages write अ‍ॅप and ॲप, ख़बर and खबर: joiners, the two forms of a letter, and the dot below count for nothing here.
_JOINERS = regex.compile("[\u200b-\u200d\ufeff]")


def folded(text: str) -> str:
    """``text`` as it is compared with the patterns below, and as these are themselves written before they are compiled."""
    text = unicodedata.normalize("NFD", _JOINERS.sub("", text)).replace("\u093c", "").replace("\u0905\u0945", "\u0972")
    return unicodedata.normalize("NFC", text)


def _pattern(*alternatives: str) -> regex.Pattern[str]:
    return regex.compile(folded("|".join(alternatives)), regex.I)


FOOTER = _pattern(
    r"^\W*(?:संबंधित (?:बातम्या|खबरें|समाचार|लेख)|(?:आणखी|इतर) बातम्या|(?:और|अन्य) (?:खबरें|समाचार)"
    r"|(?:ताज्या|ताजी|लोकप्रिय|चर्चित) (?:बातम्या|खबरें)"
    r"|(?:सर्वाधिक|सबसे ज्यादा|सबसे अधिक) (?:वाच|पाहि|पढी|देखी)[\p{L}\p{M}]*(?: गई)?(?: (?:बातम्या|खबरें))?"
    r"|related (?:stories|news|articles|posts)|more (?:stories|news|from\b.{1,40})|recommended (?:stories|for you)|you may (?:also )?like"
    r"|(?:trending|latest|popular|top)(?: news| stories| now)|(?:most (?:read|viewed|popular|shared)|trending)(?: stories| news| articles)?"
    r"|関連(?:記事|ニュース|リンク)|(?:おすすめ|人気|最新|注目)(?:の)?(?:記事|ニュース)|(?:アクセス|人気記事|記事)?ランキング)\W*$",
)
END = _pattern(
    r"^\W*(?:next (?:story|article)|(?:\d+ )?comments?(?: section)?|(?:leave|post|write) a (?:comment|reply)"
    r"|पुढील (?:बातमी|लेख)|(?:वाचकांच्या )?प्रतिक्रिया|अगली खबर|अगला (?:लेख|समाचार)|(?:पाठकों की )?टिप्पणिया[ँं]?|次の記事|(?:読者の)?コメント)"
    r"\s*(?:[(（]\s*\p{N}+\s*件?\s*[)）])?\W*$",
)
ALSO_READ = _pattern(
    r"^\W*(?:also read|read (?:also|more)|must read|हे ?(?:ही|पण|देखील|सुद्धा) वाचा|(?:अधिक|आणखी) वाचा|वाचा सविस्तर|वाचा(?=\s*[:：])"
    r"|(?:यह|ये|इसे) भी पढ़ें|और पढ़ें|आगे पढ़ें|あわせて読みたい|合わせて読みたい|こちらもおすすめ|関連記事|続きを読む)\s*(?:$|[:：>»|\-–—])"
    r"|^\W*(?:also read|हे ?(?:ही|पण|देखील|सुद्धा) वाचा|(?:यह|ये|इसे) भी पढ़ें|(?:あわせて|合わせて)読みたい|こちらもおすすめ)"
    r"\s+(?=[^\n]{1,140}$)",
)
STAMP = _pattern(
    r"^\W*(?:published|updated|last (?:updated|modified)|first published|posted|प्रकाशित|अपडेटेड?|अद्ययावत|शेवटचे अद्यतन)"
    r"(?:\s+(?:on|at|दिनांक|तारीख))?\s*(?:$|[:：\-–]|\d|\p{L}+\.? \d)|^(?:公開|更新|掲載)(?:日時?)?\s*(?:[:：]|\d|$)",
)
APP = _pattern(
    r"(?:download|install|डा[उऊ]नलोड|इ[ंन]्?स्टॉल|ダウンロード|インストール).{0,80}(?:\bapps?\b|ॲप|ऐप|एप\b|アプリ|android|\bios\b)"
    r"|(?:android|\bios\b|\bapps?\b|ॲप|ऐप|アプリ).{0,80}(?:download|install|डा[उऊ]नलोड|इ[ंन]्?स्टॉल|ダウンロード|インストール)"
    r"|(?:launch|relaunch)\w* of its\b.{0,40}\bapps?\b"
    r"|(?:whatsapp|telegram|व्हॉट्स\s?ॲप|व्हाट्स\s?[एऐ]प|टेलिग्राम|टेलीग्राम).{0,40}(?:join|group|channel|ग्रुप|चॅनेल|चैनल|जॉईन|जॉइन)"
    r"|(?:join|follow|जॉईन|जॉइन|फॉलो).{0,40}(?:whatsapp|telegram|facebook|instagram|व्हॉट्स|व्हाट्स|टेलिग्राम|टेलीग्राम)"
    r"|(?:whatsapp|facebook|instagram|twitter|telegram|व्हॉट्स|व्हाट्स|फेसबुक|इन्स्टाग्राम|इंस्टाग्राम|ट्विटर|フェイスブック|インスタグラム)"
    r".{0,40}(?:join|follow|जॉईन|जॉइन|फॉलो|जुड़ें|フォロー)"
    r"|(?:LINE|公式アカウント).{0,30}(?:友だち追加|友達追加|登録|フォロー)",
)
LABEL = _pattern(
    r"^\W*(?:no stories found|logo|advertisement|sponsored|follow us(?: on)?|share(?: this(?: (?:article|story))?| on)?|tweet"
    r"|subscribe|whatsapp|facebook|twitter|telegram|instagram|copy link|loading"
    r"|(?:print|e-?mail|save)(?: (?:this|the))?(?: (?:page|article|story))?"
    r"|जाहिरात|विज्ञापन|शेअर करा|शेयर करें|फॉलो करा|फॉलो करें|प्रिंट (?:करा|करें|काढा)|広告|PR|シェア(?:する)?|ツイート|共有|印刷(?:する)?|保存)\W*$",
)
RIGHTS = _pattern(
    r"^\W*(?:©|\(c\)|copyright (?:©|\(c\)|\p{Nd}{4}))"
    r"|(?:©|copyright) ?(?:©|\(c\))? ?\p{Nd}{4}|all rights reserved|(?:सर्व हक्क|सर्वाधिकार) (?:राखीव|सुरक्षित)|(?:無断転載|不許複製)|^https?://\S+$",
)
ACCOUNT = _pattern(
    r"^\W*(?:subscribe (?:to|now|for|and)\b|already a (?:subscriber|member)"
    r"|(?:log|sign) ?in\b|sign up (?:for|to)\b|register (?:now|to)\b|this (?:article|story) is for subscribers)"
    r"|(?:सदस्यता (?:घ्या|लें|लीजिए)|सब्सक्राइब (?:करा|करें)|लॉग ?[इि]न (?:करा|करें)|नोंदणी करा|पंजीकरण (?:करें|कराएं)|रजिस्टर (?:करा|करें))\W*$"
    r"|(?:news ?letter|\binbox\b|न्यूज ?लेटर|ニュースレター|有料会員|会員限定|会員登録|無料登録|メールマガジン|メルマガ|ログイン)"
    r"|^\W*(?:photo|image|छायाचित्र|फोटो|写真)(?: (?:credit|courtesy|by|सौजन्य))?\s*[:：]",
)
"""An invitation to log in, to pay, to have the news by mail, or a photo's credit; a line of it is short and no sentence."""
CREDIT = _pattern(r"[(（\[]?\s*(?:\w+\s+)?(?:file\s+)?(?:photo|image|छायाचित्र|फोटो|फाईल फोटो|写真)s?\s*[)）\]]?\s*$")
