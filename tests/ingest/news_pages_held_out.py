"""Three more layouts with other words, written after the cleaning was made for the eight of `news_pages`, to see what it misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lang.languages import Language
from tests.ingest.news_pages import WORDS, Made, body_of


@dataclass(frozen=True)
class Other:
    """What another newspaper of the language prints around its stories."""

    paper: str
    menu: tuple[str, ...]
    stamp: str
    links: tuple[str, ...]
    links_head: str
    follow: str
    app: str
    sign_up: str
    ranking: str
    photo: str
    rights: str
    about: tuple[str, ...]
    more: str


OTHER: Mapping[Language, Other] = {
    "mr": Other(
        paper="दैनिक किनारा", menu=("ताजे", "शहर", "राजकारण", "व्हिडिओ"), stamp="शेवटचे अद्यतन: १२ मार्च २०२५, १८:३०",
        links=("बंदरात मासळीचा लिलाव ऑनलाइन", "कल्पनगरात रविवारी सायकल फेरी", "कांद्याला विक्रमी भाव"), links_head="हेही वाचा",
        follow="ताज्या घडामोडींसाठी आम्हाला फेसबुकवर फॉलो करा", app="दैनिक किनाराचे अॅप आजच इन्स्टॉल करा",
        sign_up="आमच्या न्यूजलेटरसाठी ई-मेल द्या", ranking="लोकप्रिय बातम्या", photo="छायाचित्र: दैनिक किनारा",
        rights="Copyright © 2025 दैनिक किनारा", about=("आमच्याविषयी", "संपर्क", "गोपनीयता धोरण"), more="या विभागातील आणखी बातम्या",
    ),
    "hi": Other(
        paper="दैनिक तटवर्ती", menu=("ताज़ा", "शहर", "राजनीति", "वीडियो"), stamp="प्रकाशित: 12 मार्च 2025, 18:30",
        links=("बंदरगाह पर मछली की ऑनलाइन नीलामी", "कल्पनगर में रविवार को साइकिल रैली", "प्याज़ के दाम रिकॉर्ड ऊँचाई पर"),
        links_head="ये भी पढ़ें", follow="ताज़ा अपडेट के लिए हमें फेसबुक पर फॉलो करें", app="दैनिक तटवर्ती का ऐप आज ही इंस्टॉल करें",
        sign_up="हमारे न्यूज़लेटर के लिए ईमेल दें", ranking="लोकप्रिय खबरें", photo="फोटो: दैनिक तटवर्ती",
        rights="Copyright © 2025 दैनिक तटवर्ती", about=("हमारे बारे में", "संपर्क करें", "गोपनीयता नीति"), more="इस श्रेणी की और खबरें",
    ),
    "en": Other(
        paper="Coastline Post", menu=("Latest", "City", "Politics", "Videos"), stamp="Last updated on March 12, 2025 at 18:30",
        links=("Fish auction moves online at the port", "Cycle rally in Kalpanagar on Sunday", "Onion prices at a record high"),
        links_head="Also Read |", follow="Follow us on Facebook for the latest updates", app="Install the Coastline Post app today",
        sign_up="Get the evening briefing in your inbox", ranking="Trending now", photo="Photo: Coastline Post",
        rights="Copyright © 2025 Coastline Post Ltd", about=("About us", "Contact", "Privacy policy"), more="More from this section",
    ),
    "ja": Other(
        paper="沿岸日報", menu=("新着", "地域", "政治", "動画"), stamp="公開日時：2025年3月12日 18:30",
        links=("港の魚市場、競りをオンライン化", "カルパナガルで日曜に自転車大会", "玉ねぎ最高値"), links_head="こちらもおすすめ",
        follow="最新情報はフェイスブックでフォロー", app="沿岸日報のアプリを今すぐインストール", sign_up="夕刊ニュースレターの登録はこちら",
        ranking="人気の記事", photo="写真：沿岸日報", rights="Copyright © 2025 沿岸日報社",
        about=("会社概要", "お問い合わせ", "個人情報保護方針"),
        more="このカテゴリの記事一覧",
    ),
}  # fmt: skip


def _page(o: Other, headline: str, language: Language, body: str) -> str:
    head = f'<meta charset="utf-8"><title>{headline} - {o.paper}</title><meta property="og:type" content="article">'
    head += f'<meta property="og:site_name" content="{o.paper}"><meta property="og:title" content="{headline}">'
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}<meta name="pubdate" content="2025-03-12"></head><body>{body}</body></html>'


def _made(language: Language, body: str, furniture: tuple[str, ...]) -> Made:
    o, headline = OTHER[language], WORDS[language].headline
    return Made(_page(o, headline, language, body), headline, o.paper, "2025-03-12", body_of(language), furniture)


def columns(language: Language) -> Made:
    """Two columns: the story in nested divs with a class for each paragraph, a list of links under a lead-in inside it."""
    o, b = OTHER[language], body_of(language)
    body = f"""<div class="bar">{" ".join(f'<a href="/{at}">{m}</a>' for at, m in enumerate(o.menu))}</div>
    <div class="row"><div class="left">
    <h1>{WORDS[language].headline}</h1><div class="stamp">{o.stamp}</div><div class="img"><img src="a.jpg"><span>{o.photo}</span></div>
    <div class="text"><div class="para">{b[0]}</div><div class="para">{b[1]}</div><div class="lead-in"><b>{o.links_head}</b></div>
    <ul>{"".join(f'<li><a href="/s">{x}</a></li>' for x in o.links)}</ul><div class="para">{b[2]}</div><div class="para">{b[3]}</div>
    <div class="para">{b[4]}</div><div class="para">{b[5]}</div><div class="para">{o.follow}</div></div></div>
    <div class="right"><div class="head">{o.ranking}</div>
    {"".join(f'<div class="item"><a href="/s">{x}</a></div>' for x in o.links)}</div></div>
    <div class="bottom">{o.rights} | {" | ".join(f'<a href="/f">{x}</a>' for x in o.about)}</div>"""
    return _made(language, body, (*o.menu, o.stamp, o.photo, o.links_head, *o.links, o.follow, o.ranking, o.rights, *o.about))


def saved(language: Language) -> Made:
    """A page as a reading app saved it: everything in paragraphs, nothing marked, no links left."""
    o, b = OTHER[language], body_of(language)
    lines = (*o.menu, o.stamp)
    after = (o.app, o.sign_up, o.more, *o.links, o.rights)
    parts = (b[0], b[1], f"{o.links_head} {o.links[0]}", *b[2:])
    body = "".join(f"<p>{x}</p>" for x in lines) + f"<h1>{WORDS[language].headline}</h1>"
    body += "".join(f"<p>{x}</p>" for x in (*parts, *after))
    return _made(language, body, (*lines, f"{o.links_head} {o.links[0]}", *after))


def app_shell(language: Language) -> Made:
    """A page of a script framework: spans in divs, a sticky app banner above the story, a sign-up form in its middle."""
    o, b = OTHER[language], body_of(language)
    spans = [f'<div class="x1"><span>{p}</span></div>' for p in b]
    body = f"""<div id="root"><div class="banner"><span>{o.app}</span><button>OK</button></div>
    <div class="tabs">{"".join(f'<div><a href="/t">{m}</a></div>' for m in o.menu)}</div>
    <div class="page"><div class="h"><h1>{WORDS[language].headline}</h1>
    <span>{o.stamp}</span></div>{"".join(spans[:3])}<div class="sign"><span>{o.sign_up}</span><form><input></form></div>{"".join(spans[3:])}
    <div class="more"><span>{o.more}</span>
    {"".join(f'<div class="c"><a href="/s"><img src="a.jpg"><span>{x}</span></a></div>' for x in o.links)}</div>
    </div><div class="foot">{"".join(f'<span><a href="/f">{x}</a></span>' for x in o.about)}<span>{o.rights}</span></div></div>"""
    return _made(language, body, (o.app, *o.menu, o.stamp, o.sign_up, o.more, *o.links, *o.about, o.rights))


HELD_OUT: Mapping[str, Callable[[Language], Made]] = {made.__name__: made for made in (columns, saved, app_shell)}
