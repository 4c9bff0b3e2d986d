from __future__ import annotations

from datetime import date

import pytest

from ingest.document.build import build_document
from ingest.extract.facts import dated_facts
from ingest.extract.parties import find_parties
from ingest.extract.title_tagger import title_of
from ingest.records import Block, Facts, Found, Hints, Kind, RawBlock, RawDocument, RawPage, Source
from lang.languages import Language

SOURCE = Source("/papers/scan_0042.pdf", "ab" * 32, "pdf", 10)


def read(*blocks: str | RawBlock, hints: Hints | None = None, kind: Kind | None = None) -> Facts:
    page = RawPage(1, "1", tuple(b if isinstance(b, RawBlock) else RawBlock(b) for b in blocks), "markup")
    return build_document(RawDocument(SOURCE, (page,), hints or Hints()), kind=kind).facts


AGREEMENT = (
    "Memorandum of Cooperation on Flood Resilience",
    "The Ministry of Water of Mizuhara (hereinafter “the Ministry”) and the Lahargad Municipal Corporation (hereinafter “the City”),",
    "Recalling the Letter of Intent of 9 September 2024, have reached the following understanding:",
    "Article 1 Purpose",
    "The Participants will cooperate. The report will be published by 31 May 2027.",
    "Article 2 Commencement",
    "This Memorandum comes into effect on 1 April 2026.",
    "Signed in duplicate at Hoshimori on 18 February 2026.",
)


def test_an_agreement_speaks_from_the_day_it_was_signed() -> None:
    facts = read(*AGREEMENT)
    assert facts.kind == "agreement"
    assert facts.date == date(2026, 2, 18)
    assert facts.title == "Memorandum of Cooperation on Flood Resilience"
    assert facts.parties == ("Ministry of Water of Mizuhara", "Lahargad Municipal Corporation")
    assert [(d.role, d.value) for d in facts.dates] == [
        ("mentioned", date(2024, 9, 9)),
        ("published", date(2027, 5, 31)),
        ("in_force", date(2026, 4, 1)),
        ("signed", date(2026, 2, 18)),
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("हा करार १ एप्रिल २०२६ रोजी अमलात येईल.", "in_force"),
        ("दिनांक १८ फेब्रुवारी २०२६ रोजी स्वाक्षरी करण्यात आली.", "signed"),
        ("20 फ़रवरी 2026 को ज्ञापन पर हस्ताक्षर किए।", "signed"),
        ("यह नीति 1 अप्रैल 2026 से लागू होगी।", "in_force"),
        ("令和7年3月12日に署名した。", "signed"),
        ("この規程は、令和8年1月1日から施行する。", "in_force"),
        ("2024年9月30日公表", "published"),
        ("Published on 5 June 2026", "published"),
        ("He was born on 5 June 1966.", "mentioned"),
        ("It was signed. The rain of 27 July 2023 came earlier.", "mentioned"),
    ],
)
def test_the_words_near_a_date_say_what_it_is(text: str, role: str) -> None:
    (fact,) = dated_facts(text)
    assert fact.role == role
    assert fact.text == text[fact.start : fact.end]


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        (
            "MLIT Japan Thane partnership : ठाणे महानगरपालिकेत स्मार्ट सिटीसाठी नवे करार",
            "ठाणे : जपानचे मंत्रालय आणि ठाणे महानगरपालिका यांच्यात सहकार्यासाठी अधिकृत करार करण्यात आला, असे त्यांनी सांगितले.",
            "news",
        ),
        (
            "समझौते से अधिकारियों को मिलेगा प्रशिक्षण",
            "लहरगड़। महानगरपालिका और मंत्रालय ने सहयोग ज्ञापन पर हस्ताक्षर किए। महापौर ने बताया कि पहले जत्थे में आठ अधिकारी जाएँगे।",
            "news",
        ),
        (
            "風浜市における洪水警報システムの実践報告",
            "本報告は、風浜市が整備した洪水警報システムの成果をまとめたものである。",
            "best_practice",
        ),
        ("A Practice Report on Data Platforms", "Kazehama City opened its platform in 2022.", "best_practice"),
        ("वार्षिक अहवाल २०२५", "या वर्षात महानगरपालिकेने अनेक कामे पूर्ण केली आहेत.", "report"),
        ("Data Protection Policy", "This policy applies to all departments of the corporation.", "other"),
    ],
)
def test_the_kind_is_told_from_title_and_text(title: str, body: str, kind: str) -> None:
    assert read(title, body).kind == kind


@pytest.mark.parametrize(
    "body",
    [
        "Purpose: this policy sets out the duties of every department that keeps personal records, and of its officers, in full.",
        "उद्देश : या धोरणाने वैयक्तिक माहितीचे संरक्षण होईल आणि प्रत्येक विभाग माहितीचे संकलन कायदेशीर पद्धतीनेच करील असे ठरवले आहे.",
        "目的：この規約は、利用者の皆様が日本紙幣により料金を支払う場合の条件を定めるものであり、すべての利用者に適用される。また、変更される場合がある。",
    ],
)
def test_a_lead_in_with_a_colon_alone_makes_no_news(body: str) -> None:
    assert read("Rules", body).kind == "other"


def test_the_callers_kind_wins_then_the_files_own() -> None:
    assert read(*AGREEMENT, kind="report").kind == "report"
    assert read("A Practice Report", "It works.", hints=Hints(kind="news")).kind == "news"


def test_news_speaks_from_its_declared_day_else_from_its_date_line() -> None:
    body = "सागरतट समाचार, 23 फ़रवरी 2026"
    story = "लहरगड़। महानगरपालिका ने 20 फ़रवरी 2026 को ज्ञापन पर हस्ताक्षर किए। महापौर ने बताया कि काम मिलकर होगा।"
    assert read("प्रशिक्षण मिलेगा", body, story).date == date(2026, 2, 23)
    assert read("प्रशिक्षण मिलेगा", body, story, hints=Hints(published=date(2026, 2, 24))).date == date(2026, 2, 24)
    assert read("प्रशिक्षण मिलेगा", story).date is None


@pytest.mark.parametrize("declared", ["Microsoft Word - draft3.docx", "untitled", "scan_0042.pdf", None])
def test_a_title_that_is_a_file_name_gives_way_to_the_printed_one(declared: str | None) -> None:
    assert (
        read("Flood Warning in Kazehama", "The city built ninety-six gauges.", hints=Hints(title=declared)).title
        == "Flood Warning in Kazehama"
    )


def test_a_declared_title_that_the_text_does_not_know_gives_way() -> None:
    blocks = (RawBlock("Flood Warning in Kazehama", "title"), RawBlock("The city built ninety-six gauges."))
    assert read(*blocks, hints=Hints(title="City Gazette · Special Supplement")).title == "Flood Warning in Kazehama"
    assert read(*blocks, hints=Hints(title="A Flood Warning in Kazehama City")).title == "A Flood Warning in Kazehama City"


def test_a_newspapers_name_is_cut_off_the_declared_title() -> None:
    blocks = (RawBlock("Sensors go live", "title"), RawBlock("LAHARGAD: Nine sensors went live."))
    assert read(*blocks, hints=Hints(title="Sensors go live | The Ledger")).title == "Sensors go live"


def test_a_text_without_a_title_is_called_by_its_first_sentence() -> None:
    assert read("The council met. It agreed.").title == "The council met."


@pytest.mark.parametrize(
    ("language", "text", "parties"),
    [
        (
            "en",
            "MEMORANDUM\nbetween\nthe Ministry of Land, Infrastructure, Transport and Tourism of Japan\nand\nthe Thane Corporation\non",
            ("Ministry of Land, Infrastructure, Transport and Tourism of Japan", "Thane Corporation"),
        ),
        (
            "mr",
            "मिझुहाराचे जल मंत्रालय (यापुढे “मंत्रालय”) आणि लहरगड महानगरपालिका (यापुढे “महानगरपालिका”), ज्यांचा एकत्रित उल्लेख",
            ("मिझुहाराचे जल मंत्रालय", "लहरगड महानगरपालिका"),
        ),
        ("hi", "जल मंत्रालय (इसके बाद “मंत्रालय”) और लहरगड़ महानगरपालिका के बीच सहयोग", ("जल मंत्रालय", "लहरगड़ महानगरपालिका")),
        (
            "ja",
            "瑞原国水・都市省（以下「甲」という。）とラハルガド市（以下「乙」という。）は、次のとおり",
            ("瑞原国水・都市省", "ラハルガド市"),
        ),
        ("en", "The river rose between the bridge and the dam.", ()),
    ],
)
def test_the_parties_are_named_by_the_opening_formula(language: Language, text: str, parties: tuple[str, ...]) -> None:
    assert tuple(p.value for p in find_parties(text, "", language)) == parties


@pytest.mark.parametrize(
    "told",
    [
        "The leaders confirmed that the Memorandum of Cooperation signed on 5 March 2021 will be carried out faster.",
        "双方は、2021年3月5日に署名された協力覚書の実施を加速する意向を確認した。",
        "दोन्ही बाजूंनी ५ मार्च २०२१ रोजी स्वाक्षरी झालेल्या सहकार्य कराराची अंमलबजावणी गतिमान करण्याचे ठरविले.",
        "दोनों पक्षों ने 5 मार्च 2021 को हस्ताक्षरित सहयोग ज्ञापन के कार्यान्वयन में तेजी लाने का निश्चय किया।",
    ],
)
def test_the_day_on_which_another_paper_was_signed_is_not_this_papers_own(told: str) -> None:
    facts = read("Joint Statement", "The leaders met and stated as follows.", "They will cooperate on floods.", told, kind="agreement")
    assert facts.found.signed is None
    assert facts.date is None


@pytest.mark.parametrize(
    "formula",
    [
        "This Memorandum of Cooperation was signed at Hoshimori on 5 March 2021.",
        "本覚書は、2021年3月5日に署名された。",
        "हा सहकार्य करार ५ मार्च २०२१ रोजी ठाणे येथे स्वाक्षरी करण्यात आला.",
        "Signed at Hoshimori on 5 March 2021, the Memorandum of Cooperation having been read by both.",
    ],
)
def test_the_day_on_which_this_paper_was_signed_is_found_also_beside_its_name(formula: str) -> None:
    facts = read("Memorandum of Cooperation", "The Participants agree.", "They will cooperate on floods.", formula, kind="agreement")
    assert facts.date == date(2021, 3, 5)


def test_an_ordinance_does_not_speak_from_the_day_that_its_last_line_gives_for_its_effect() -> None:
    facts = read("景観条例", *(f"第{n}条 市は、景観を守る。" for n in "一二三四五"), "附則 この条例は、平成三十年十月一日から施行する。")
    assert facts.found.in_force is not None
    assert str(facts.found.in_force.value.when) == "2018-10-01"
    assert facts.date is None


def test_the_place_of_a_seal_is_no_part_of_a_name() -> None:
    facts = read(
        "業務委託契約書",
        "潮見町（以下「甲」という。）と株式会社みなと清掃（以下「乙」という。）は、次のとおり契約する。",
        "第1条 乙は、甲の施設を清掃する。",
        "令和7年3月21日",
        "甲 潮見町",
        "潮見町長 久慈 正信 印",
        "乙 株式会社みなと清掃",
        "代表取締役 宇佐美 玲 ㊞",
        kind="agreement",
    )
    assert [found.value.name for found in facts.found.signatories] == ["久慈 正信", "宇佐美 玲"]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            ("MEMORANDUM OF UNDERSTANDING", "between the City of Orrin, Norvia, and the City of Asanagi, Japan, on Public Libraries"),
            "MEMORANDUM OF UNDERSTANDING between the City of Orrin, Norvia, and the City of Asanagi, Japan, on Public Libraries",
        ),
        (
            ("समझौता ज्ञापन", "कमलपुर नगर निगम और ओरिन शहर के बीच अग्नि सुरक्षा में", "सहयोग हेतु"),
            "समझौता ज्ञापन कमलपुर नगर निगम और ओरिन शहर के बीच अग्नि सुरक्षा में सहयोग हेतु",
        ),
        (
            ("覚書", "オリン市と朝凪市との間の公共図書館及び市文", "書館に関する覚書"),
            "覚書 オリン市と朝凪市との間の公共図書館及び市文書館に関する覚書",
        ),
        (
            ("優良事例報告書", "渡し船の時刻を知らせる「潮だより」の取組について"),
            "優良事例報告書 渡し船の時刻を知らせる「潮だより」の取組について",
        ),
        (("सहकार्य करार", "बंदरातील छतांवरील सौर पटल प्रकल्प"), "सहकार्य करार बंदरातील छतांवरील सौर पटल प्रकल्प"),
        (("優良事例報告書", "渡し場の見張り「灯の輪」の八年間"), "優良事例報告書 渡し場の見張り「灯の輪」の八年間"),
        (("Best Practice Report", "A Harbour that Counts its Gulls"), "Best Practice Report A Harbour that Counts its Gulls"),
        (("Report", "Harbour Office, Orrin"), "Report"),
        (("Minutes", "Place: the old hall"), "Minutes"),
        (("Evaluation Report", "Executive summary"), "Evaluation Report"),
        (("सामंजस्य करार", "हा करार दोन नगरपालिका यांच्यात आज करण्यात येत आहे"), "सामंजस्य करार"),
    ],
)
@pytest.mark.parametrize("declared", ["", "form"])
def test_a_title_that_only_names_the_form_goes_on_with_whom_and_what_it_is_between(
    lines: tuple[str, ...], title: str, declared: str
) -> None:
    hints = Hints(title=lines[0]) if declared else None
    body = ("1. The two sides will lend books to one another for sixty days.", "2. Each side bears its own costs.")
    facts = read(RawBlock(lines[0], "title"), *lines[1:], *body, hints=hints, kind="agreement")
    assert facts.title == title


def test_of_two_lines_that_may_be_the_title_it_is_the_one_that_names_a_paper() -> None:
    lines = ("Orrin Harbour Corporation", "Ferries and Schools Cell", "Minutes of the third meeting on safe quays")
    text = "\n".join(lines)
    head, *told = [Found(line, line, text.index(line), text.index(line) + len(line)) for line in lines]
    blocks = [Block(1, "paragraph", (), one.value, one.start or 0, one.end or 0, "en") for one in (head, *told)]
    assert title_of(head, told, blocks).value == lines[-1]


def test_the_title_is_no_publisher() -> None:
    facts = read(RawBlock("星隈市生活騒音防止条例", "title"), "(目的)", "第1条 この条例は、生活騒音の防止について定める。", kind="other")
    assert facts.title == "星隈市生活騒音防止条例"
    assert facts.publisher is None


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            ("Town of Pellworth · Office of the Mayor", "Old Corn Exchange", "SISTER-CITY AGREEMENT", "between Pellworth and Irela"),
            "SISTER-CITY AGREEMENT between Pellworth and Irela",
        ),
        (
            ("जिल्हा सामान्य रुग्णालय, कमळापूर", "करार क्र. जिसारु/सेवा/२०२३/३३१", "रुग्णालय स्वच्छता सेवा करार"),
            "रुग्णालय स्वच्छता सेवा करार",
        ),
        (("HARROW BOROUGH COUNCIL", "Agenda item 9(c)", "RESOLUTION ON STREET TREES AND THE", "SETTING-UP OF A TREE FUND"),
         "RESOLUTION ON STREET TREES AND THE SETTING-UP OF A TREE FUND"),
    ],
)  # fmt: skip
def test_below_a_letterhead_the_line_that_names_the_paper_is_its_title(lines: tuple[str, ...], title: str) -> None:
    body = ("1. Both sides will keep the piers in good order and share what they learn.", "2. Each side bears its own costs.")
    assert read(RawBlock(lines[0], "title"), *lines[1:], *body).title == title
