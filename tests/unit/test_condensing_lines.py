"""Headlines, keywords, languages and the edits that shorten a line."""

from __future__ import annotations

import pytest
from condensing_texts import HARBOUR, SCRIPTS

from digest.condensing import condense
from digest.condensing.features import prepare_all
from digest.condensing.headlining import headline_trims
from digest.condensing.language import tell_language
from digest.condensing.phrases import class_of, cut_odds
from digest.condensing.prose import is_prose, opens_dangling
from digest.condensing.shortening import shorten
from digest.condensing.stumps import is_closed
from digest.condensing.titles import repair_title
from digest.condensing.verbs import finite_verb_at
from digest.model import Article


@pytest.mark.parametrize(
    ("title", "site", "repaired"),
    [
        ("Pier to be rebuilt | Port Ellery Post", "Port Ellery Post", "Pier to be rebuilt"),
        ("Pier to be rebuilt - Port Ellery Post", "portelleryPost.example.org", "Pier to be rebuilt"),
        ("Pier to be rebuilt - a plan", "Port Ellery Post", "Pier to be rebuilt - a plan"),
        ("Old pier to rise again | Harbour news", None, "Old pier to rise again"),
        ("[VIDEO] Pier to be rebuilt", None, "Pier to be rebuilt"),
        ("PIER TO BE REBUILT AFTER STORMS", None, "Pier to be rebuilt after storms"),
        ("NASA: WHY", None, "NASA: WHY"),
        ("  Pier   to be\nrebuilt ", None, "Pier to be rebuilt"),
        ("[Video]", None, "[Video]"),
    ],
)
def test_titles_are_repaired_not_rewritten(title: str, site: str | None, repaired: str) -> None:
    """Site, shouting and bait go; the rest stays as it was written."""
    assert repair_title(title, site=site) == repaired


def test_a_shouted_title_is_written_as_the_article_writes() -> None:
    """Names and acronyms keep the letters that the body gives them."""
    body = ["Elena Brandt told NATO that the pier is shut.", "The pier is old."]
    assert repair_title("ELENA BRANDT: NATO SHUTS PIER", body=body) == "Elena Brandt: NATO shuts pier"


def test_a_title_becomes_the_headline() -> None:
    """An article that has a title keeps it."""
    article = Article(title="Pier rises again | Post", paragraphs=HARBOUR.paragraphs, site="Post")
    assert condense(article).headline == "Pier rises again"


def test_a_made_headline_is_short_and_has_a_verb() -> None:
    """Without a title the headline is a sentence of at most twelve words, without its dateline."""
    headline = condense(HARBOUR).headline
    words = headline.split()
    assert 5 <= len(words) <= 12
    assert finite_verb_at(words) is not None
    assert "PORT ELLERY" not in headline


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        # what stands between commas, the day and a leading clause go
        (
            "The harbour board, which runs the ferry too, has opened a new pier on Monday after the storms of March.",
            ["The harbour board has opened a new pier"],
        ),
        (
            "After three winters of storms, the town of Ellery has rebuilt its lighthouse with stones of the mill.",
            [
                "The town of Ellery has rebuilt its lighthouse",
                "The town of Ellery has rebuilt its lighthouse with stones",
            ],
        ),
        # an age goes, and what stands between commas behind it
        (
            "Ada Lindgren, 52, a pilot of the harbour board of Ellery, has won the regatta in a boat of old doors.",
            ["Ada Lindgren has won the regatta in a boat of old doors", "Ada Lindgren has won the regatta"],
        ),
        # so does who reported what nobody contests
        (
            "The council said on Monday that the library has bought sixty chairs for its new reading room by a river.",
            [
                "The library has bought sixty chairs",
                "The library has bought sixty chairs for its new reading room",
            ],
        ),
        # and a role before a name
        (
            "The popular regional radio music show host Ada Lindgren has won the regatta of Ellery in an old boat.",
            [
                "Ada Lindgren has won the regatta of Ellery",
                "Ada Lindgren has won the regatta of Ellery in an old boat",
            ],
        ),
    ],
)
def test_a_made_headline_ends_at_a_whole_phrase(sentence: str, whole: list[str]) -> None:
    """What is left of a sentence is a sentence: nothing begun is broken off."""
    assert condense(Article(paragraphs=[sentence], language="en")).headline in whole


@pytest.mark.parametrize(
    "text",
    [
        "The board has decided to rebuild the old stone pier of Port Ellery before winter comes",
        "The storm tore away one of the oldest walls of the harbour before the ferry came",
        "Fishers from Ellery want to keep the lamp at the head of the pier for their children",
        "The harbour of Ellery has thanked its fishers for the rebuilding of the old wall",
    ],
)
def test_a_cut_within_a_phrase_is_less_likely_whole_than_one_at_its_end(text: str) -> None:
    """An article, a preposition, an infinitive mark and half a name never end a sentence better than a noun does."""
    words = text.split()
    ends = range(5, 13)
    odds = dict(zip(ends, cut_odds(words, finite_verb_at(words), ends=ends), strict=True))
    stumps = [
        end for end in ends if words[end - 1] in {"the", "of", "to", "at", "for", "its", "from", "before"}
    ]
    best = max(odds, key=odds.__getitem__)
    assert class_of(words[best - 1]) in {"N", "P"}
    assert all(odds[end] < odds[best] - 2 for end in stumps)


def test_a_headline_is_no_half_quotation() -> None:
    """A quotation that opens also closes, and a headline is no quotation alone."""
    text = "“We will rebuild the pier,” said Ada Lindgren. The board of Ellery had shut the pier in March."
    headline = condense(Article(paragraphs=[text], language="en")).headline
    assert headline.count("“") == headline.count("”")
    assert not headline.endswith(("”", ","))


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("“It is late,” a fisher", False),
        ("“It is late,” said a fisher", True),
        ("“It is late,” a fisher of Ellery said", True),
        ("The board says “it is late", False),
        ("The pier (of 1891 is shut", False),
        ("The pier is shut. The ferry", False),
        ("The old pier - built in 1891 is shut", False),
        ("The fishers' pier is shut", True),
        ("The pier is not only old", False),
        ("The pier is not only old but shut", True),
        ("Either the pier is shut today", False),
        ("Either the pier is shut or the ferry", True),
    ],
)
def test_what_opens_in_a_headline_also_closes(text: str, closed: bool) -> None:  # noqa: FBT001  # a table's column
    """Quotations have their speaker, brackets and dashes their second half, and there is one sentence."""
    assert is_closed(text) == closed


@pytest.mark.parametrize(
    ("sentence", "headline"),
    [
        (
            "The harbour museum of Ellery will show old nets, ropes and lamps that fishers found in attics last year.",
            "The harbour museum of Ellery will show old nets, ropes and lamps",
        ),
        (
            "An old ring has shed light on the ties between fishers and the bell founders who cast it long ago.",
            "An old ring has shed light on the ties",
        ),
    ],
)
def test_a_list_is_not_broken_off(sentence: str, headline: str) -> None:
    """Of "nets, ropes and lamps" all or nothing is left, and of "between one and the other"."""
    assert condense(Article(paragraphs=[sentence], language="en")).headline == headline


def test_what_is_said_has_a_verb() -> None:
    """A headline does not stop between "that" and what is said."""
    text = "Greta Lund has warned that the old harbour pier in the town of Ellery could one day fall into the sea."
    shut = "The board has shut the pier for good this week."
    headline = condense(Article(paragraphs=[text, shut], language="en")).headline
    assert headline == "The board has shut the pier for good"


@pytest.mark.parametrize(
    ("sentence", "stumps"),
    [
        # the finite verb is not the last word of a cut
        (
            "The big old red ferry of Port Ellery came together with forty rowing boats from the other shore.",
            ["came"],
        ),
        # nor a length of time without what it is counted from
        (
            "The harbour wall of Ellery fell down just days after the board had paid the last stone mason for it.",
            ["days"],
        ),
        # nor a noun before the clause that says what it is
        (
            "The board of Ellery has now heard about the fear that the next storm will take the rest of the wall.",
            ["fear"],
        ),
        # nor a participle before what it needs
        (
            "The new library boats of Port Ellery are aimed at readers who cannot walk as far as the pier.",
            ["aimed"],
        ),
        # and a sentence that its page has broken is no whole one
        ("The new ferry of Port Ellery has a deck made of", ["of"]),
    ],
)
def test_no_made_headline_stops_at_a_stump(sentence: str, stumps: list[str]) -> None:
    """Among all the trims of a sentence, none ends where something has to follow."""
    document = prepare_all([sentence], title=None, language="en")
    ends = [trim.text.split()[-1] for trim in headline_trims(document, [1.0])]
    assert not set(stumps) & set(ends)


def test_a_headline_does_not_open_a_clause_it_never_leaves() -> None:
    """ "From the moment we are born" needs its sentence."""
    text = "From the moment we are born by the harbour of Ellery, the first lamp we look for at night is a green one."
    shut = "The board has shut the pier for good this week."
    assert (
        condense(Article(paragraphs=[text, shut], language="en")).headline
        == "The board has shut the pier for good"
    )


def test_a_question_is_not_broken_off() -> None:
    """What is asked is asked to its end, or not at all."""
    text = "How could the harbour board of Ellery let the old pier fall to pieces in the long storms of last winter?"
    headline = condense(
        Article(paragraphs=[text, "The board has shut the pier for good."], language="en")
    ).headline
    assert headline == "The board has shut the pier for good"


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ("The board has agreed to rebuild the pier", "has"),
        ("Fishers welcomed the plan", "welcomed"),
        ("The man accused of theft", None),
        ("Two boats moored by the pier", None),
        ("Marta Lindqvist, who leads the board,", None),
        ("The board wins a prize", "wins"),
        ("New rules on berth fees", None),
        ("The board, which has run the ferry, will win", "will"),
        ("The man who said so has left", "has"),
        ("The two top listed firms", None),
        ("The proposal to set up a new pier", None),
        ("Warning fishers that their nets are not safe", None),
        ("The moment they saw the pier is long past", "is"),
        ("The captain hopes it will float", "will"),
    ],
)
def test_finite_verbs_are_told_from_participles(words: str, verb: str | None) -> None:
    """A clause's verb, a participle and a noun are no sentence's verb."""
    split = words.split()
    at = finite_verb_at(split)
    assert (None if at is None else split[at]) == verb


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("LONDON (Reuters) - The harbour opens a new pier today.", "The harbour opens a new pier today."),
        ("(CNN) The harbour opens a new pier today.", "The harbour opens a new pier today."),
        ("The pier (built in 1890) was opened to walkers again.", "The pier was opened to walkers again."),
        ("The gardens open at nine on Sunday, the council said.", "The gardens open at nine on Sunday."),
    ],
)
def test_edits_keep_the_claim(text: str, shortened: str) -> None:
    """Datelines, parentheses and plain attributions go."""
    assert shorten(text) == shortened


@pytest.mark.parametrize(
    "text",
    [
        "The captain was responsible for the wreck, the owners said.",
        "The storm killed three people on the coast, officials said.",
        "“The pier is safe and will stay so,” the council said.",
        "The council plans to close the gardens in winter, officials said.",
        "It rained (hard).",
    ],
)
def test_contested_claims_keep_their_speaker(text: str) -> None:
    """Blame, harm, intent and quotations never lose who said so, and nothing becomes a stump."""
    assert shorten(text) == text


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_languages_are_told(language: str) -> None:
    """The text decides where the page says nothing, and where the page says something else."""
    assert tell_language([SCRIPTS[language]]) == language
    assert tell_language([SCRIPTS[language]], "en-GB") == language


def test_a_declared_language_stands_where_the_text_agrees() -> None:
    """The region a page names is kept; what cannot be told is undetermined."""
    assert tell_language(HARBOUR.paragraphs, "en-GB") == "en-GB"
    assert tell_language(["12345"]) == "und"
    assert tell_language(["12345"], "fr") == "fr"


def test_keywords_are_the_words_of_the_article() -> None:
    """Keywords stand in the text as they are written, the strongest first."""
    words = condense(HARBOUR).keywords
    text = " ".join(HARBOUR.paragraphs)
    assert len(words) == 5
    assert all(word in text for word in words)
    assert "pier" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            (
                "เทศบาลเปิดสวนสาธารณะแห่งใหม่ริมแม่น้ำเมื่อวันเสาร์ สวนสาธารณะแห่งนี้มีต้นไม้กว่าสองพันต้น "
                "ต้นไม้ทั้งหมดปลูกโดยนักเรียน ชาวบ้านเดินทางมาที่ริมแม่น้ำ นักเรียนจะดูแลต้นไม้"
            ),
            {"สวนสาธารณะ", "ริมแม่น้ำ", "ต้นไม้", "นักเรียน"},
        ),
        (SCRIPTS["zh"], {"阅览室", "读者"}),
        (SCRIPTS["ja"], {"閲覧室"}),
    ],
)
def test_words_are_found_without_spaces(text: str, words: set[str]) -> None:
    """What is said again as a whole is a keyword, and no part of it is another."""
    assert set(condense(Article(paragraphs=[text])).keywords) == words


def test_a_thai_headline_is_not_cut_within_a_syllable() -> None:
    """A vowel written before its consonant does not stay behind alone."""
    assert condense(Article(paragraphs=[SCRIPTS["th"]])).headline == "ห้องสมุดประชาชนเปิดห้องอ่านหนังสือใหม่…"


@pytest.mark.parametrize(
    "text", ["But he went.", "“It is late,” she said.", "However, boats are exempt.", "(They left.)"]
)
def test_dangling_openers_are_seen(text: str) -> None:
    """A pronoun or connective counts behind a quotation mark too."""
    assert opens_dangling(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "By Anna Lind.", "By Anna Lind and Olav Ray for The Post.", "Published: 3 May 2024", "Scroll down for video.",
        "Last updated at 3 May 2024 in the evening.", "Posted on 3 May 2024 in the evening.",
        "First published on 3 May in the evening.", "Filed at 10:12 in the evening.",
        "10:12 a.m. EST on the third of May", "3 May 2024 by 9 pm", "٣ May 2024 by 9 pm",
        "3 min read", "12 comments on this story so far", "Click here for the pictures of the pier.",
        "Also read: how the pier came down.", "More from: the harbour and its boats.",
        "Read more about the pier here in our archive.", "Related: how the pier came down.",
        "See also the pictures of the old pier.", "Watch: the pier comes down at last.", "Photos: the pier comes down.",
        "Gallery: the pier at the turn of the year.", "Editor's note: this story was changed.",
        "Correction: this story was changed in May.", "Watch the video of the old pier.",
        "Share this article with your friends now.", "Follow us to the pier and back.",
        "E-mail this to a friend of yours.", "Send this to us and to them.", "Sign up for the letter of the harbour.",
        "Subscribe to the letter of the harbour.", "Leave a comment about the old pier.",
        "© 2024 The Post. All rights reserved.", "Copyright of the harbour and its writers.",
        "All rights reserved by the harbour board.", "Download our map of the old pier.",
        "À lire aussi : la jetée du port.", "Voir aussi : la jetée du port.", "Lisez aussi notre page sur le port.",
        "Читайте также о старом причале в порту.", "Lesen Sie auch: die alte Mole.", "Lea también: el viejo muelle.",
        "Anna Lind contributed to this report.",
        "VIDEO Scroll down to watch the pier come down.", "Also watch: how the pier came down.",
        "ALSO READ | How the pier came down at last.", "READ: How the pier came down at last.",
        "See more: the pier at the turn of the year.", "Visit our site for the pictures of the pier.",
        "The pier at dusk. A post shared by Anna Lind on the third of May.",
        "(Board shuts the old pier for two years)", '{"type": "Review", "name": "The old pier of Port Ellery"}',
    ],
)  # fmt: skip
def test_chrome_is_no_prose(text: str) -> None:
    """Stamps, links and bylines are told from sentences, whichever word they begin with."""
    assert not is_prose(text)


@pytest.mark.parametrize(
    "poor",
    [
        "Another room is kept for the nets of the fishers who sail in the winter months.",
        "Since then the library of the harbour has lent nine boats to readers of Port Ellery.",
        "When she came to the harbour library the boats and the readers were already there.",
        "“The boats of the library and the readers belong together,” she told the town on Monday.",
        "“The boats of the library and the readers belong together,” said he to the harbour on Monday.",
        "Friends said she had read every book of the harbour library before the boats came on Monday.",
        "Long wait: The readers of the harbour library stand in a row before the boats on Monday.",
        "Ada Lind, left, with the readers of the harbour library before they took the boats on Monday.",
        "From left, the readers of the harbour library, the boats, and the board of the town on Monday.",
        "“The boats of the library and the readers of the harbour belong together.”",
        "The boats of the library and the readers belong together, he said.",
        "In fact the library of the harbour has lent nine boats to readers of Port Ellery.",
        "One of them came to the library of the harbour for the boats and for the readers.",
        "Q: Do the boats of the library and the readers of the harbour belong together.",
        "Readers of the harbour library with the boats of Port Ellery.",
        "The boats of the library and the readers belong to the harbour of.",
    ],
)
def test_a_poor_line_is_a_key_point_only_where_there_are_too_few(poor: str) -> None:
    """Captions, and openers that lean on what was left out, wait behind every line that stands by itself."""
    plain = [
        "The harbour library of Port Ellery opens a reading room with forty seats on Monday.",
        "The stove of the reading room came from the old ferry, said the board of the town.",
        "Gardeners bring seeds to the first evening and answer the questions of the readers.",
        "The boats of the library are lent for three days to everybody who has a card.",
        "The town paid for the roof, and a sailmaker sewed the curtains for the windows.",
        "A choir of ten sings on the pier at noon, whatever the weather does that day.",
        "The school brings every class once a month and keeps a shelf for its own books.",
    ]
    points = [point.text for point in condense(Article(paragraphs=[*plain[:3], poor, *plain[3:]])).key_points]
    assert len(points) >= 3
    assert poor not in points
