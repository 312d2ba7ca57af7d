"""Words by which the furniture of a page is known, in the languages newsrooms write in.

Data and the two questions asked of a line. A marker counts only in a short line: in a long one it is prose that
happens to speak of cookies. Tuned on the pasted part of the tuning kit, by classes of lines, never by pages.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["BYLINE", "is_end", "is_furniture", "names_of", "published_in"]

_SHORT_WORDS: Final = 14  # a marker in a longer line is prose
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# From such a line on there is no article any more: comment forms, other stories, the foot of the page.
_ENDS: Final = (
    r"leave a (?:comment|reply)", r"post a comment", r"add a comment", r"(?:\d+ )?comments?(?: \(\d+\))?:?",
    r"join the (?:conversation|discussion)", r"sign in to comment", r"log in to (?:comment|reply)", r"view comments",
    r"related (?:articles?|stories|posts?|content|topics|news|reading|links|coverage)(?:\W.*)?", r"(?:read|see) (?:next|also)\W?",
    r"more (?:from|on|stories|in|like this)\b.*", r"you (?:may|might) (?:also )?(?:like|be interested).*",
    r"recommended(?: for you| stories| reading| articles)?", r"most (?:read|popular|viewed|recent|commented).*", r"trending(?: now| stories)?",
    r"top stories", r"latest (?:news|stories|articles|posts|from).*", r"popular (?:posts|stories|articles)", r"recent (?:posts|comments|articles)",
    r"around the web", r"sponsored (?:content|stories|links)", r"promoted (?:content|stories)", r"about (?:the author|us|this site)",
    r"(?:previous|next) (?:article|post|story)\b.*", r"filed under\b.*", r"tags?:.*", r"topics?:", r"share this(?: article| story| post)?:?",
    r"your email address will not be published.*", r"required fields are marked.*", r"subscribe to our newsletter.*",
    r"(?:sign up|subscribe) (?:for|to) .*newsletters?.*", r"(?:copyright )?©.*", r"all rights reserved.*", r"terms (?:of (?:use|service)|and conditions).*",
    r"privacy policy.*", r"originally published .*", r"this article was (?:originally|first) .*",
    r"schreib(?:en sie)? einen kommentar", r"kommentare?(?: \(\d+\))?", r"kommentar (?:schreiben|verfassen|hinterlassen).*", r"(?:das könnte|könnte) (?:sie|dich) auch interessieren.*",
    r"mehr (?:zum thema|aus|von|zu)\b.*", r"weitere (?:artikel|meldungen|themen|nachrichten).*", r"lesen sie auch.*", r"meistgelesen.*", r"auch interessant.*", r"verwandte (?:artikel|themen).*",
    r"laisser un commentaire.*", r"commentaires?(?: \(\d+\))?", r"(?:à|a) lire aussi.*", r"lire aussi.*", r"sur le même sujet.*", r"articles? (?:liés|similaires|récents).*", r"les plus lus.*", r"vous aimerez aussi.*",
    r"(?:deja|dejar|escribe) un(?:a respuesta| comentario).*", r"comentarios?(?: \(\d+\))?", r"lea también.*", r"te puede interesar.*", r"(?:noticias|artículos|temas) relacionad[oa]s.*", r"más (?:noticias|información|sobre).*", r"lo más (?:leído|visto).*",
    r"lascia un commento.*", r"commenti(?: \(\d+\))?", r"leggi anche.*", r"articoli correlati.*", r"potrebbe interessarti.*", r"i più letti.*",
    r"deixe (?:um|seu) comentário.*", r"comentários?(?: \(\d+\))?", r"leia (?:também|mais).*", r"(?:notícias|artigos) relacionad[oa]s.*", r"mais lidas.*", r"veja também.*",
    r"dodaj komentarz.*", r"komentarze(?: \(\d+\))?", r"czytaj (?:także|też|również).*", r"zobacz (?:także|też|również).*", r"powiązane.*", r"najczęściej czytane.*",
    r"(?:geef|plaats|laat) een reactie.*", r"reacties(?: \(\d+\))?", r"lees ook.*", r"meer over.*", r"gerelateerd.*",
    r"(?:оставить|добавить|написать) комментарий.*", r"комментарии(?: \(\d+\))?", r"читайте также.*", r"по теме.*", r"похожие (?:статьи|новости).*", r"самое читаемое.*",
    r"yorum (?:yaz|yap).*", r"ilgili haberler.*", r"αφήστε (?:ένα )?σχόλιο.*", r"διαβάστε (?:επίσης|ακόμη).*", r"σχετικά άρθρα.*",
    r"اترك تعليقا.*", r"اقرأ أيضا.*", r"תגובות.*", r"כתבות נוספות.*", r"コメント.*", r"関連(?:記事|ニュース|リンク).*", r"相关(?:阅读|新闻|文章|推荐|链接).*", r"(?:发表)?评论.*", r"責任編集.*", r"责任编辑.*", r"관련\s?기사.*", r"댓글.*",
)  # fmt: skip

# Such a line is dropped wherever it stands.
_FURNITURE: Final = (
    r"(?:about )?\d+(?:[–-]\d+)?[ -]?min(?:ute)?s?(?: read(?:ing)?(?: time)?)?", r"(?:estimated )?(?:reading|read) time:?.*", r"lesezeit:?.*", r"temps de lecture:?.*", r"tiempo de lectura:?.*", r"tempo di lettura:?.*", r"\d+ (?:min|minut[eos]n?|minutes?) (?:lesezeit|de lecture|de lectura|di lettura|czytania|leestijd|чтения)",
    r"(?:share|tweet|pin|e-?mail|print|save|bookmark|copy link|follow|like|facebook|twitter|x|linkedin|whatsapp|reddit|pinterest|telegram|instagram|tumblr|flipboard|pocket|messenger|bluesky|threads|mastodon|youtube|rss|sms|\W)+",
    r"(?:share|share (?:this|on|via|with)\b.*|share article|compartir.*|partager.*|teilen.*|condividi.*|udostępnij.*|поделиться.*|delen.*|paylaş.*|分享.*|シェア.*|공유.*)",
    r"advertisements?|ads?|sponsored|anzeige|werbung|publicité|publicidad|pubblicità|reklama|реклама|advertentie|reklam|广告|広告|광고",
    r"(?:story continues|article continues|continue reading|scroll to continue|read more|read full story|show more|load more|mehr lesen|weiterlesen|lire la suite|leer más|seguir leyendo|continua a leggere|czytaj dalej|читать далее)\b.*",
    r"skip to (?:main )?content.*", r"(?:main )?(?:menu|navigation)|home|search|log ?in|sign ?(?:in|up)|subscribe(?: now)?|register|close|back to top|open menu|my account",
    r"(?:we use|this (?:site|website) uses) cookies.*", r"(?:accept|reject|manage)(?: all)? cookies.*", r"accept(?: all)?|ok|got it|cookie settings", r"wir verwenden cookies.*", r"(?:nous utilisons|ce site utilise) des cookies.*",
    r"sign up for .*|subscribe to .*|get (?:the|our) .*(?:newsletter|inbox|app).*|enter your e-?mail.*|(?:email|e-mail) address|newsletter.*",
    r"(?:photo|image|picture|credit|source|foto|bild|crédits?|quelle|fonte|zdjęcie|фото)(?: (?:credit|by|courtesy))?s?\s*[:/©|].*", r".*\((?:photo|image|foto|picture) (?:by|credit|courtesy)[^)]*\)", r"(?:getty images|reuters|afp|ap photo|shutterstock|dpa|epa|unsplash)(?:\W.*)?", r".*/ ?(?:getty images|reuters|afp|ap|shutterstock|dpa|epa)",
    r"(?:last )?(?:updated|modified|published|posted|created)(?: on| at)?:? .*", r"(?:aktualisiert|veröffentlicht|stand|mis à jour|publié|actualizado|publicado|aggiornato|pubblicato)\b.*\d.*",
    r"listen(?: to (?:this )?(?:article|story))?(?: \W.*)?", r"play(?: video)?|watch(?: now| live)?|video|audio|gallery|slideshow|image \d+ of \d+|\d+ ?/ ?\d+|\d+ of \d+", r"(?:\d+ )?(?:shares?|views?|likes?|claps?)", r"caption|image caption.*|media caption.*|hide caption|toggle caption|enlarge(?: this)? image", r"follow (?:us|me|him|her|@).*|@\w+", r"breaking(?: news)?|exclusive|live|opinion|editorial|news|world|politics|business|sports?|culture|technology|science|health",
)  # fmt: skip

_END: Final = re.compile(rf"(?:{'|'.join(_ENDS)})\W*", re.IGNORECASE)
_FURNISHED: Final = re.compile(rf"\W*(?:{'|'.join(_FURNITURE)})\W*", re.IGNORECASE)
_MONTHS: Final = r"(?:jan|feb|m[aä]r|apr|ma[iyj]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|ene|abr|ago|dic|janv|févr|avr|juin|juil|août|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)[\w.]*"
_DATE: Final = re.compile(
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?{_MONTHS}\s*(?:de\s+)?,?\s*\d{{4}}\b|\b{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s*\d{{4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b|\d{{4}}\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日)",
    re.IGNORECASE,
)
_ROLE: Final = r"(?:staff |senior |chief |political |foreign |science )?(?:reporter|writer|correspondent|editor|columnist|journalist|contributor|redakteur(?:in)?|корреспондент)"
BYLINE: Final = re.compile(
    r"(?:(?:written |posted |story |words |reported |text |texte |texto |testo )?(?:by|von|par|por|di|door|av|af|przez|автор|текст)[:\s]\s*|(?:author|autor(?:in)?|auteur|autore|автор)s?\s*:\s*)(?P<names>\S.{1,90})",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"(?:[^\W\d_][\w.'’-]*|(?:de|van|von|der|den|da|di|la|le|al|el|bin|ibn|du|dos|y|zu|ter))(?:\s+(?:[^\W\d_][\w.'’-]*)){0,4}"
)


def is_end(line: str) -> bool:
    """Tell whether the article ends before this line."""
    return _is_short(line) and _END.fullmatch(line.strip()) is not None


def is_furniture(line: str) -> bool:
    """Tell whether the line is no part of any article: share rows, credits, menus, dates, boxes."""
    if not _is_short(line):
        return False
    bare = line.strip()
    return _FURNISHED.fullmatch(bare) is not None or _is_date_line(bare)


def names_of(line: str) -> str | None:
    """Give the names of a byline joined by ", ", without "By" or a role; None for another line."""
    if not _is_short(line):
        return None
    found = BYLINE.fullmatch(line.strip())
    if not found:
        return None
    told = _DATE.split(re.split(r"\s[|•·–—]\s|\bfor\b|\bat\b", found["names"])[0])[0]
    names = []
    for name in re.split(r"\s*,\s*|\s+(?:and|und|et|y|e|en|i|&|и)\s+", told.strip(" ,.;|")):
        if re.fullmatch(_ROLE, name, re.IGNORECASE):
            continue
        if not _NAME.fullmatch(name) or not any(
            word[:1].isupper() or not word.isascii() for word in name.split()
        ):
            return None
        names.append(name)
    return ", ".join(names) or None


def published_in(line: str) -> str | None:
    """Give the date that a short line states, as it is written."""
    found = _DATE.search(line) if _is_short(line) else None
    return found.group() if found else None


def _is_date_line(line: str) -> bool:
    """A date with nothing but times, weekdays and marks round it."""
    found = _DATE.search(line)
    if not found:
        return False
    rest = line[: found.start()] + line[found.end() :]
    rest = re.sub(
        r"(?i)\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b|\d{1,2}[:.h]\d{2}(?::\d{2})?|\b[ap]\.?m\b\.?|\b(?:at|on|um|uhr|utc|gmt|[ceb]?e?[sd]t|ist|le|à|updated|published|posted)\b",
        "",
        rest,
    )
    return not re.search(r"\w", rest)


def _is_short(line: str) -> bool:
    if _CJK.search(line):
        return len(line) <= 40  # noqa: PLR2004  # two characters make a word there, give or take
    return len(line) <= 160 and len(line.split()) <= _SHORT_WORDS  # noqa: PLR2004  # fourteen long words
