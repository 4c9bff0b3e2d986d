"""Pages of invented newspapers in eight layouts and four languages, with what of each is the story and what is not.

The layouts are of our own making: what such sites put around a story, in the markup that they put it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lang.languages import Language
from tests.kb.stories import OWN, STORY


@dataclass(frozen=True)
class Words:
    """What a newspaper of one language prints around its stories."""

    paper: str
    desk: str
    headline: str
    subhead: str
    quote: str
    day: str
    menu: tuple[str, ...]
    updated: str
    share: tuple[str, ...]
    also: str
    other: tuple[str, ...]
    related: str
    popular: str
    app: str
    channel: str
    advertisement: str
    tags: str
    newsletter: str
    subscribe: str
    login: str
    cookies: str
    comments: str
    comment: str
    rights: str
    credit: str
    printed: str
    next_story: str


WORDS: Mapping[Language, Words] = {
    "mr": Words(
        paper="लहरवार्ता", desk="नगर प्रतिनिधी", headline="लहर नदीकाठी चाळीस पूर संवेदक कार्यान्वित", subhead="शाळांमध्ये सराव होणार",
        quote="“पुराची सूचना आता अर्धा तास आधी मिळेल,” असे आयुक्त म्हणाले.", day="१२ मार्च २०२५",
        menu=("मुख्यपृष्ठ", "महाराष्ट्र", "क्रीडा", "मनोरंजन", "ई-पेपर"), updated="अपडेटेड : १२ मार्च २०२५, सायं. ६.३०",
        share=("शेअर करा", "व्हॉट्सअ‍ॅप", "फेसबुक"), also="हे ही वाचा : ",
        other=("सागरतटी बंदरावर नवे शीतगृह सुरू", "कल्पनगर संघाला विजेतेपद", "आंब्याचे दर घसरले, बागायतदार चिंतेत"),
        related="संबंधित बातम्या", popular="सर्वाधिक वाचलेल्या बातम्या", app="ताज्या बातम्यांसाठी आमचे मोबाइल अ‍ॅप डाउनलोड करा.",
        channel="आमच्या व्हॉट्सअ‍ॅप चॅनेलला जॉईन व्हा", advertisement="जाहिरात", tags="टॅग्स :",
        newsletter="दररोजच्या बातम्या ई-मेलवर मिळवण्यासाठी नोंदणी करा", subscribe="पुढे वाचण्यासाठी सदस्यता घ्या",
        login="आधीच सदस्य आहात? लॉगिन करा", cookies="आम्ही कुकीज वापरतो. पुढे जाऊन तुम्ही आमच्या गोपनीयता धोरणास मान्यता देता.",
        comments="प्रतिक्रिया (२)", comment="छान बातमी आहे, पण आमच्या भागात अजून काहीच झालेले नाही.",
        rights="© २०२५ लहरवार्ता. सर्व हक्क राखीव.", credit="(छायाचित्र : लहरवार्ता)", printed="प्रिंट करा", next_story="पुढील बातमी",
    ),
    "hi": Words(
        paper="लहर समाचार", desk="नगर संवाददाता", headline="लहर नदी के किनारे चालीस बाढ़ संवेदक चालू", subhead="विद्यालयों में होगा अभ्यास",
        quote="“अब बाढ़ की सूचना आधा घंटा पहले मिल जाएगी,” आयुक्त ने कहा।", day="12 मार्च 2025",
        menu=("होम", "देश", "खेल", "मनोरंजन", "ई-पेपर"), updated="Updated: 12 मार्च 2025, शाम 6:30",
        share=("शेयर करें", "व्हाट्सएप", "फेसबुक"), also="यह भी पढ़ें: ",
        other=("सागर तट बंदरगाह पर नया शीतगृह शुरू", "कल्पनगर की टीम ने जीता ख़िताब", "आम के दाम गिरे, बाग़वान परेशान"),
        related="संबंधित खबरें", popular="सबसे ज़्यादा पढ़ी गई ख़बरें", app="ताज़ा ख़बरों के लिए हमारा मोबाइल ऐप डाउनलोड करें।",
        channel="हमारे व्हाट्सएप चैनल से जुड़ें", advertisement="विज्ञापन", tags="टैग:",
        newsletter="रोज़ की ख़बरें ईमेल पर पाने के लिए पंजीकरण करें", subscribe="आगे पढ़ने के लिए सदस्यता लें",
        login="पहले से सदस्य हैं? लॉग इन करें", cookies="हम कुकीज़ का उपयोग करते हैं। आगे बढ़कर आप हमारी गोपनीयता नीति स्वीकार करते हैं।",
        comments="टिप्पणियाँ (2)", comment="अच्छी ख़बर है, पर हमारे इलाक़े में अभी तक कुछ नहीं हुआ।",
        rights="© 2025 लहर समाचार. सर्वाधिकार सुरक्षित।", credit="(फोटो: लहर समाचार)", printed="प्रिंट करें", next_story="अगली ख़बर",
    ),
    "en": Words(
        paper="The Lahar Courier", desk="City Desk", headline="Forty flood gauges go live along the Lahar",
        subhead="Drills planned in schools",
        quote="“People will now be warned half an hour before the river rises,” the commissioner said.", day="March 12, 2025",
        menu=("Home", "Nation", "Sport", "Entertainment", "E-paper"), updated="Updated: March 12, 2025 6:30 pm IST",
        share=("Share this article", "WhatsApp", "Facebook"), also="Also read: ",
        other=("New cold store opens at Sagartat harbour", "Kalpanagar side lifts the trophy", "Mango prices slide and growers worry"),
        related="Related stories", popular="Most read", app="Download our mobile app for the latest news on the go.",
        channel="Join our WhatsApp channel", advertisement="Advertisement", tags="Tags:",
        newsletter="Sign up for our daily newsletter", subscribe="Subscribe to continue reading",
        login="Already a subscriber? Log in", cookies="We use cookies. By continuing you accept our privacy policy.",
        comments="Comments (2)", comment="Good news, but nothing at all has been done in our quarter so far.",
        rights="© 2025 The Lahar Courier. All rights reserved.", credit="(Photo: The Lahar Courier)",
        printed="Print this page", next_story="Next story",
    ),
    "ja": Words(
        paper="ラハル新報", desk="社会部", headline="ラハル川沿いの水位計四十基が稼働", subhead="学校で訓練へ",
        quote="「これからは増水の三十分前に知らせが届く」と市長は述べた。", day="2025年3月12日",
        menu=("トップ", "国内", "スポーツ", "エンタメ", "紙面"), updated="更新：2025年3月12日 18時30分",
        share=("シェア", "ツイート", "LINEで送る"), also="あわせて読みたい：",
        other=("サガルタット港に新しい冷蔵倉庫", "カルパナガルが優勝", "マンゴー値下がり、農家に不安"),
        related="関連記事", popular="アクセスランキング", app="最新ニュースはアプリをダウンロードしてご覧ください。",
        channel="公式LINEアカウントを友だち追加", advertisement="広告", tags="タグ：",
        newsletter="メールマガジンに登録", subscribe="この記事は有料会員限定です",

        login="会員の方はログイン", cookies="当サイトではクッキーを使用しています。続けると、個人情報保護方針に同意したことになります。",
        comments="コメント（2件）", comment="よい知らせですが、私たちの地区ではまだ何も進んでいません。",
        rights="© 2025 ラハル新報社 無断転載を禁じます",
        credit="（写真：ラハル新報）", printed="印刷する", next_story="次の記事",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A page, what of it is the story, and every line that is not."""

    html: str
    headline: str
    publisher: str
    day: str
    body: tuple[str, ...]
    furniture: tuple[str, ...] = field(default=())


def body_of(language: Language) -> tuple[str, ...]:
    """The paragraphs of the story."""
    return (*STORY[language], OWN[language], WORDS[language].quote)


def _page(head: str, body: str, language: Language) -> str:
    return f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def _json_ld(w: Words) -> str:
    return (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"'
        f'{w.headline}","datePublished":"2025-03-12T12:00:00+05:30","author":{{"@type":"Organization","name":"{w.desk}"}},'
        f'"publisher":{{"@type":"Organization","name":"{w.paper}"}}}}</script>'
    )


def _open_graph(w: Words) -> str:
    return (
        f'<title>{w.headline} | {w.paper}</title><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{w.headline}">'
        f'<meta property="og:site_name" content="{w.paper}"><meta property="article:published_time" content="2025-03-12T12:00:00+05:30">'
    )


def _links(texts: tuple[str, ...], item: str = "li") -> str:
    return "".join(f'<{item}><a href="/x">{text}</a></{item}>' for text in texts)


def portal(language: Language) -> Made:
    """A large portal: JSON-LD, breadcrumbs, share row, a lead-in link and an advertisement in the body, cards and a newsletter after it."""
    w, b = WORDS[language], body_of(language)
    body = f"""<header><nav><ul>{_links(w.menu)}</ul></nav></header>
    <div class="crumbs"><a href="/">{w.menu[0]}</a> &gt; <a href="/c">{w.menu[1]}</a></div>
    <h1>{w.headline}</h1><div class="meta"><span>{w.desk}</span> | <span>{w.updated}</span></div>
    <div class="share">{_links(w.share, "span")}</div>
    <div class="story"><p>{b[0]}</p><div class="ad">{w.advertisement}</div><p>{b[1]}</p>
    <p><strong>{w.also}</strong><a href="/a">{w.other[0]}</a></p><p>{b[2]}</p><h2>{w.subhead}</h2>
    <p>{b[3]}</p><p>{b[4]}</p><p>{b[5]}</p>
    <p>{w.app}</p></div>
    <div class="tags"><span>{w.tags}</span> <a href="/t1">{w.menu[1]}</a> <a href="/t2">{w.menu[2]}</a></div>
    <h3>{w.related}</h3>
    <div class="cards">{"".join(f'<div class="card"><img src="i.jpg"><h4><a href="/o">{o}</a></h4></div>' for o in w.other)}</div>
    <div class="letter"><p>{w.newsletter}</p><input><button>OK</button></div><footer><p>{w.rights}</p></footer>"""
    furniture = (*w.menu, w.updated, *w.share, w.advertisement, *w.other, w.app, w.tags, w.related, w.newsletter, w.rights)
    return Made(_page(_json_ld(w) + f"<title>{w.headline}</title>", body, language), w.headline, w.paper, "2025-03-12", b, furniture)


def old_tables(language: Language) -> Made:
    """An old site: layout tables, paragraphs parted by line breaks in one cell, a menu and a list of the most read beside it."""
    w, b = WORDS[language], body_of(language)
    body = f"""<table width="100%"><tr><td colspan="3"><font size="5">{w.paper}</font></td></tr>
    <tr><td width="15%">{"<br>".join(f'<a href="/m">{m}</a>' for m in w.menu)}</td>
    <td><font size="4"><b>{w.headline}</b></font><br><i>{w.desk}, {w.day}</i><br><br>{"<br><br>".join(b)}<br><br>
    <a href="/print">{w.printed}</a></td>
    <td width="20%"><b>{w.popular}</b><br>{"<br>".join(f'<a href="/o">{o}</a>' for o in w.other)}</td></tr>
    <tr><td colspan="3">{w.rights}</td></tr></table>"""
    head = _open_graph(w)
    return Made(_page(head, body, language), w.headline, w.paper, "2025-03-12", b, (*w.menu, w.printed, w.popular, *w.other, w.rights))


def sections(language: Language) -> Made:
    """A magazine layout: main and article, a figure with a credit, a boxed list of other stories in the middle, a pull quote."""
    w, b = WORDS[language], body_of(language)
    body = f"""<nav>{_links(w.menu, "span")}</nav><main><article><header><h1>{w.headline}</h1><p class="by">{w.desk}</p>
    <time datetime="2025-03-12">{w.day}</time></header><figure><img src="i.jpg"><figcaption>{w.credit}</figcaption></figure>
    <section><p>{b[0]}</p><p>{b[1]}</p></section>
    <div class="box"><h3>{w.related}</h3><ul>{_links(w.other)}</ul></div>
    <section><h2>{w.subhead}</h2><p>{b[2]}</p><p>{b[3]}</p><p>{b[4]}</p><blockquote>{b[5]}</blockquote></section>
    <p>{w.channel}</p></article><aside><h3>{w.popular}</h3><ol>{_links(w.other)}</ol></aside></main><footer>{w.rights}</footer>"""
    furniture = (*w.menu, w.credit, w.related, *w.other, w.channel, w.popular, w.rights)
    return Made(_page(_open_graph(w), body, language), w.headline, w.paper, "2025-03-12", b, furniture)


def mobile(language: Language) -> Made:
    """A phone page: paragraphs in divs, lead-in and headline in two blocks, app and channel lines between paragraphs, no semantic tags."""
    w, b = WORDS[language], body_of(language)
    body = f"""<div class="top">{_links(w.menu, "span")}</div><h1>{w.headline}</h1><div>{w.desk}</div><div>{w.updated}</div>
    <div>{b[0]}</div><div>{w.channel}</div><div>{b[1]}</div><div>{b[2]}</div>
    <div>{w.also.strip()}</div><div><a href="/o">{w.other[1]}</a></div>
    <div>{b[3]}</div><div>{w.app}</div><div>{b[4]}</div><div>{b[5]}</div>
    <div>{w.popular}</div>{"".join(f"<div>{at}. {o}</div>" for at, o in enumerate(w.other, 1))}<div>{w.rights}</div>"""
    furniture = (*w.menu, w.updated, w.channel, w.also, *w.other, w.app, w.popular, w.rights)
    return Made(_page(_json_ld(w), body, language), w.headline, w.paper, "2025-03-12", b, furniture)


def endless(language: Language) -> Made:
    """An endless page: the next story follows in full under its own headline."""
    w, b = WORDS[language], body_of(language)
    second = STORY["en" if language != "en" else "ja"]
    body = f"""<div class="nav"><ul>{_links(w.menu)}</ul></div><article id="a1"><h1>{w.headline}</h1><p>{w.desk} | {w.day}</p>
    {"".join(f"<p>{p}</p>" for p in b)}<ul class="share">{_links(w.share)}</ul></article>
    <div class="sep">{w.next_story}</div><article id="a2"><h1>{w.other[0]}</h1>{"".join(f"<p>{p}</p>" for p in second)}</article>
    <footer>{w.rights}</footer>"""
    furniture = (*w.menu, *w.share, w.next_story, w.other[0], *second, w.rights)
    return Made(_page(_json_ld(w), body, language), w.headline, w.paper, "2025-03-12", b, furniture)


def discussed(language: Language) -> Made:
    """A page with readers' comments in full sentences and a ranking as plain text."""
    w, b = WORDS[language], body_of(language)
    body = f"""<div role="navigation">{_links(w.menu, "div")}</div><div id="content"><h1>{w.headline}</h1>
    <p class="line">{w.desk}</p><p class="date">{w.updated}</p>{"".join(f"<p>{p}</p>" for p in b)}
    <section id="comments"><h3>{w.comments}</h3><div class="comment"><p>{w.comment}</p></div>
    <div class="comment"><p>{w.comment}</p></div></section>
    <div class="rank"><h3>{w.popular}</h3>{"".join(f"<p>{at} {o}</p>" for at, o in enumerate(w.other, 1))}</div></div>
    <footer>{w.rights}</footer>"""
    furniture = (*w.menu, w.updated, w.comments, w.comment, w.popular, *w.other, w.rights)
    return Made(_page(_json_ld(w), body, language), w.headline, w.paper, "2025-03-12", b, furniture)


def paywall(language: Language) -> Made:
    """A page with a consent banner before the story, and a log-in and a subscription box after it."""
    w, b = WORDS[language], body_of(language)
    body = f"""<div class="consent"><p>{w.cookies}</p><button>OK</button></div><ul class="menu">{_links(w.menu)}</ul>
    <div class="article"><h1>{w.headline}</h1><p>{w.desk}</p>{"".join(f"<p>{p}</p>" for p in b)}
    <div class="wall"><p>{w.subscribe}</p><p>{w.login}</p></div><p>{w.newsletter}</p></div><div class="foot">{w.rights}</div>"""
    furniture = (w.cookies, *w.menu, w.subscribe, w.login, w.newsletter, w.rights)
    return Made(_page(_open_graph(w), body, language), w.headline, w.paper, "2025-03-12", b, furniture)


def printed(language: Language) -> Made:
    """The print view: a header line, the story, its address and the rights."""
    w, b = WORDS[language], body_of(language)
    address = "https://lahar.example/news/flood-gauges-4711"
    body = f"""<div><a href="#">{w.printed}</a></div><div>{w.paper}</div><h1>{w.headline}</h1><div>{w.desk} · {w.day}</div><hr>
    {"".join(f"<p>{p}</p>" for p in b)}<hr><p>{address}</p><p>{w.rights}</p>"""
    return Made(_page(_open_graph(w), body, language), w.headline, w.paper, "2025-03-12", b, (w.printed, address, w.rights))


LAYOUTS: Mapping[str, Callable[[Language], Made]] = {
    made.__name__: made for made in (portal, old_tables, sections, mobile, endless, discussed, paywall, printed)
}
