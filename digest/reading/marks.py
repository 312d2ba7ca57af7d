"""What page chrome says of itself, in several languages: the words by which a line is known. Pure.

Three strengths. HARD ends an article (comments, related stories); DROP is never part of one, wherever it
stands; SOFT ends it only behind the body. All of them are tried on short lines only: prose about newsletters
is prose. The lists were written down from what pages of many sites repeat, and judged on the tuning kit as a whole.
"""

# the word lists read best whole

from __future__ import annotations

import enum
import re

__all__ = ["Mark", "byline_of", "is_date_line", "mark_of"]


class Mark(enum.IntEnum):
    """How sure a line is chrome, and what follows from it."""

    NONE = 0
    DROP = 1
    SOFT = 2
    HARD = 3


# By the name of its class a member takes ten times as long, which is asked for each line of a page.
_NONE, _DROP, _SOFT, _HARD = Mark
_LONGEST = 160  # characters; a longer line is prose, whatever it begins with

# Everything here is tried on text in lower case. Patterns that ignore case themselves take four times as long: only
# without that flag does the engine skip a branch by its first letter.

_HARD_LINE = re.compile(
    r"""^(?:
    (?:leave|post|write|add|submit)\s+(?:a|your)\s+(?:comment|reply|response)s?\b.{0,30}
    |(?:leave\ a\ reply|cancel\ reply|join\ the\ (?:conversation|discussion)|start\ the\ discussion.{0,30})
    |(?:\d[\d,.]*\s+)?(?:comments?|responses|replies)(?:\s*\(?\d*\)?)?:?
    |\d[\d,.]*\s+(?:comments?|responses?|repl(?:y|ies)|thoughts?)\s+(?:to|on)\b.+
    |(?:no|view|show|load|read|see|hide|loading)\s+(?:all\ |more\ |the\ |\d+\ )?comments.{0,20}
    |comments\ (?:are\ closed|powered\ by|section|policy).{0,60}
    |your\ email\ address\ will\ not\ be\ published.*
    |(?:related|similar|recommended|recent|latest|popular|trending|more|other|top|featured)\s+(?:articles?|posts?|stories|story|news|content|reading|topics|videos?|links?|coverage|headlines|products|recipes|from\ .{2,40}|for\ you|on\ this.{0,30}|in\ .{2,30}|like\ this)\b:?.{0,20}
    |related:?|recommended:?|trending(?:\ now)?:?|most\ (?:read|popular|viewed|shared|commented|recent)\b.{0,20}
    |(?:you\ (?:may|might|could)\ (?:also|like|be\ interested)|you'?ll\ (?:also\ )?(?:like|love)|people\ also|readers\ also|don'?t\ miss|what\ to\ read\ next|read\ next|up\ next|keep\ reading|next\ up|explore\ more|more\ to\ (?:read|explore|love))\b.{0,40}
    |(?:about|meet)\ the\ authors?:?|author\ bio:?
    |sponsored\ (?:content|links|stories|by).{0,30}|promoted\ (?:content|stories).{0,20}|around\ the\ web|from\ the\ web|paid\ content
    |(?:previous|next|older|newer)\ (?:post|article|story|entry)s?\b.{0,80}|post\ navigation
    |(?:kommentare?|kommentar\ schreiben|schreiben\ sie\ einen\ kommentar|kommentar\ (?:hinterlassen|verfassen)|diskutieren\ sie.{0,40}|mehr\ zum\ thema|das\ könnte\ (?:sie|dich)\ auch.{0,30}|auch\ interessant|lesen\ sie\ auch|weitere\ (?:artikel|beiträge|themen|nachrichten|meldungen).{0,20}|ähnliche\ (?:artikel|beiträge)|meistgelesen.{0,20}|mehr\ (?:aus|von|zu)\ .{2,30}|schreibe\ einen\ kommentar|antworten?\ abbrechen)(?:\s*\(?\d*\)?)?:?
    |(?:commentaires?|laisser\ un\ commentaire|réagir|à\ lire\ aussi|lire\ aussi|sur\ le\ même\ (?:sujet|thème)|articles?\ (?:similaires|liés|associés|récents)|les\ plus\ lus|vous\ aimerez\ aussi.{0,20}|dans\ la\ même\ rubrique|voir\ aussi)(?:\s*\(?\d*\)?)?\s*:?
    |(?:comentarios?|deja\ (?:un|tu)\ comentario.{0,20}|deja\ una\ respuesta|artículos?\ relacionados?|noticias?\ relacionadas?|notas?\ relacionadas?|más\ (?:noticias|información|sobre|leídas?|leído).{0,30}|lo\ más\ (?:leído|visto).{0,20}|te\ puede\ interesar.{0,20}|también\ te\ puede.{0,30}|entradas\ relacionadas)(?:\s*\(?\d*\)?)?\s*:?
    |(?:comentários?|deixe\ (?:um|seu)\ (?:comentário|resposta).{0,20}|deixe\ uma\ resposta.{0,20}|artigos\ relacionados|notícias\ relacionadas|leia\ (?:também|mais).{0,10}|mais\ (?:lidas|notícias).{0,20}|veja\ (?:também|mais)|relacionad[oa]s|posts\ relacionados)(?:\s*\(?\d*\)?)?\s*:?
    |(?:commenti|lascia\ un\ commento|leggi\ anche|articoli\ correlati|potrebbe\ interessarti.{0,20}|i\ più\ letti|ultime\ notizie|correlati|rispondi)(?:\s*\(?\d*\)?)?\s*:?
    |(?:reacties?|geef\ een\ reactie|laat\ een\ (?:reactie|bericht).{0,20}|lees\ ook|lees\ meer|gerelateerd.{0,20}|meest\ gelezen|meer\ (?:nieuws|over).{0,30})(?:\s*\(?\d*\)?)?\s*:?
    |(?:komentarze|dodaj\ komentarz|zostaw\ komentarz|czytaj\ (?:także|też|również|więcej)|zobacz\ (?:także|też|również)|podobne\ (?:artykuły|wpisy)|powiązane.{0,20}|najczęściej\ czytane|polecane)(?:\s*\(?\d*\)?)?\s*:?
    |(?:комментарии|комментировать|оставить\ комментарий|добавить\ комментарий|читайте\ (?:также|далее)|похожие\ (?:статьи|новости|материалы|записи)|по\ теме|другие\ новости|самое\ читаемое|популярное|коментарі|читайте\ також|залишити\ коментар)(?:\s*\(?\d*\)?)?\s*:?
    |(?:yorumlar?|benzer\ haberler|ilgili\ haberler|bunlar\ da\ ilginizi.{0,20}|kommentarer|läs\ (?:också|mer|även)|les\ (?:også|mer)|læs\ også|relaterade.{0,20}|relaterte.{0,20}|hozzászólások|kapcsolódó.{0,20}|comentarii|citește\ și|komentáře|související.{0,20}|σχόλια|διαβάστε\ (?:επίσης|ακόμη)|komentar|baca\ juga.{0,40}|berita\ terkait|bình\ luận|tin\ liên\ quan)(?:\s*\(?\d*\)?)?\s*:?
    |(?:相关(?:新闻|阅读|文章|报道|推荐)|评论.{0,8}|网友评论|延伸閱讀|相關(?:新聞|文章)|関連(?:記事|ニュース|リンク)|コメント.{0,8}|あわせて読みたい|おすすめ.{0,6}|댓글.{0,8}|관련\ ?기사.{0,6})[：:]?
    )$""",
    re.VERBOSE,
)
_SOFT_LINE = re.compile(
    r"""^(?:
    (?:get|sign\ up|subscribe|join|receive|stay)\b.{0,60}\b(?:newsletters?|inbox|email|e-mail|updates|alerts|in\ touch|connected|informed|subscribers?|free)\b.{0,40}
    |(?:sign\ up|subscribe)(?:\ (?:now|today|here|for\ free))?!?|newsletter.{0,20}|enter\ your\ e-?mail.{0,40}|e-?mail\ address.{0,5}
    |by\ (?:signing\ up|subscribing|submitting|clicking|continuing|registering).{10,}
    |(?:filed\ under|tags?|topics?|categories|category|posted\ in|tagged(?:\ with|\ in|\ as)?|labels|keywords|more\ (?:on|about)|schlagw[oö]rte.{0,3}|themen|étiquettes|mots-clés|etiquetas|temas|tópicos|argomenti|tagi|теги|метки|标签|關鍵字|タグ)\s*:?(?:\s.{0,120})?
    |(?:follow|find|like|join)\ (?:us|me|him|her|them|@?[\w ]{2,30})\ (?:on|at)\b.{0,60}|connect\ with\ us.{0,30}|follow\ @?\w+
    |(?:copyright|©|\(c\)).{0,120}|alle\ rechte\ vorbehalten.{0,20}|tous\ droits\ réservés.{0,20}
    |(?:terms(?:\ of\ (?:use|service))?|privacy(?:\ policy|\ notice)?|cookie\ (?:policy|settings|preferences)|contact(?:\ us)?|about\ us|advertise(?:\ with\ us)?|site\ ?map|impressum|datenschutz|mentions\ légales|aviso\ legal|back\ to\ top)
    |(?:was\ this|did\ you\ find\ this|rate\ this|how\ would\ you\ rate|tell\ us\ what\ you\ think|what\ do\ you\ think\?|let\ us\ know).{0,60}
    |(?:support|donate|become\ a\ (?:member|supporter|patron)).{0,40}
    |this\ (?:article|post|story|piece)\ (?:was|has\ been|originally|first|may\ contain|contains).{0,120}
    |send\ (?:us\ )?(?:tips|feedback|corrections|letters).{0,60}|report\ (?:a|an)\ (?:error|typo|correction|mistake).{0,30}
    |see\ also:?.{0,60}|view\ (?:all|more).{0,40}|see\ (?:all|more).{0,40}|load\ more.{0,20}|show\ more.{0,20}|more\ information.{0,20}
    )$""",
    re.VERBOSE,
)
_SHARE = r"facebook|twitter|x|linked-?in|whats-?app|e-?mail|pinterest|reddit|print|telegram|tumblr|pocket|messenger|flipboard|copy\ link|link|sms|google\+?|instagram|youtube|threads|bluesky|mastodon|viber|vk|ok|vkontakte|line|pin\ it|tweet|xing|drucken|teilen|imprimer|imprimir|share|save|like|more|skype|digg|stumbleupon|copy|bookmark|gmail|rss|odnoklassniki|kopieren|mail|weibo|wechat"
_DROP_LINE = re.compile(
    rf"""^(?:
    (?:share|teilen|partager|partagez|compartir|compartilhar|compartilhe|compartilhar|comparte|condividi|delen|udostępnij|поделиться|dela|paylaş|share\ (?:this|it|via|on|with)\b.{{0,60}}|article\ share.{{0,20}}|share(?:s|d)?|auf\ .{{3,20}}\ teilen|partager\ (?:sur|cet).{{0,30}}|condividi\ su.{{0,20}})[:!]?
    |(?:{_SHARE})(?:[\s,|•·/]+(?:{_SHARE}|on|via|by|share|this|the|article|opens\ in\ new\ window))*
    |(?:(?:share|post|tweet|email|send|click\ to\ \w+)(?:\ this)?\ (?:on|to|via|by|with)\b.{{0,50}})
    |[\d.,]+\s?[kKmM]?\s+(?:shares?|likes?|views?|claps?|votes?|retweets?|reads?|points?|followers?|upvotes?|downloads?|pageviews?)
    |(?:about\s)?\d+\s*[-–]?\s*min(?:ute)?s?\.?\s*(?:of\s)?(?:read(?:ing)?(?:\ time)?|lesezeit|de\ lecture|de\ lectura|de\ leitura|di\ lettura|leestijd|czytania)
    |(?:(?:estimated\ )?read(?:ing)?\ time|lesezeit|temps\ de\ lecture|tiempo\ de\ lectura|tempo\ de\ leitura|tempo\ di\ lettura|leestijd|время\ (?:на\ )?чтения)\s*:?\s*(?:ca\.?\ )?(?:<\ ?)?\d+.{{0,20}}
    |(?:{{0}}advertisements?|advertising|advert|ad|ads|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|reklama|реклама|sponsored|promoted|announce|article\ continues\ below.{{0,30}}|(?:story\ )?continues\ (?:below|after).{{0,30}}|scroll\ (?:down\ )?to\ continue.{{0,20}}|advertisement\ -\ .{{0,40}}|skip\ (?:to|ad|advertisement|past|advert).{{0,40}}|広告|广告|廣告|광고)
    |(?:photo|image|picture|photograph|credit|photo\ credit|image\ credit|photos?\ courtesy|image\ source|foto|fotos|bild|bildquelle|crédit|crédits?\ photo|crédito|imagen|imagem|source|quelle|fuente|fonte|фото)s?\s*(?::|by\b|/|©|courtesy|von\b|par\b|por\b|via\b).{{0,100}}
    |(?:getty\ images|shutterstock|istock|reuters|ap\ photo|afp|alamy|unsplash|pexels|dpa|image\ copyright.{{0,60}}|image\ caption.{{0,120}}|media\ caption.{{0,120}}|view\ gallery.{{0,30}}|view\ image.{{0,30}}|enlarge.{{0,30}}|hide\ caption|toggle\ caption|caption|(?:open|close)\ (?:this\ )?(?:image|photo|gallery).{{0,40}}|bild\ vergrößern|zoom|play\ video|watch\ video|video\ player.{{0,40}}|listen.{{0,40}}|now\ playing.{{0,60}}|to\ view\ this\ video.{{0,120}})
    |(?:read|see)\ (?:more|also|next|now|full\ story|the\ full\ story|related)\s*(?::.{{0,140}}|»|>|→|…|\.\.\.)?
    |(?:related|also\ read|also\ see|also\ on|lire\ aussi|à\ lire\ aussi|lesen\ sie\ auch|lea\ (?:también|además|más)|lea|leia\ (?:também|mais)|leggi\ anche|lees\ ook|czytaj\ (?:też|także|więcej)|zobacz\ (?:też|także)|читайте\ (?:также|ещё|еще)|читайте\ також|läs\ (?:också|även|mer)|baca\ juga|voir\ aussi|ver\ también|veja\ (?:também|mais)|più\ su|mehr\ dazu|mehr\ zum\ thema|siehe\ auch|in\ pictures|watch|listen|video|photos|gallery|exclusive|must\ read|editor'?s\ pick)\s*[:|>»].{{0,140}}
    |(?:click|tap|swipe)\ here\b.{{0,60}}|continue\ reading.{{0,60}}|continue\ to\ .{{0,40}}
    |(?:log|sign)\ ?in(?:\ .{{0,40}})?|log\ ?out|register(?:\ .{{0,20}})?|create\ (?:an\ )?account.{{0,20}}|my\ account|menu|search|close|home|skip|next|previous|prev|back|open|toggle\ .{{0,20}}|subscribe(?:\ now)?|follow|following|reply(?:\ to\ .{{1,40}})?|report|flag(?:\ as\ .{{1,20}})?|permalink|edit|delete|cancel|submit|send|ok|accept(?:\ all)?(?:\ cookies)?|i\ agree|agree|got\ it|dismiss|decline|reject(?:\ all)?|manage\ (?:cookies|preferences|options).{{0,20}}|cookie\ settings|loading\W*|please\ wait\W*|back\ to\ top|top
    |we\ value\ your\ privacy.{{0,40}}|this\ site\ is\ protected\ by\ recaptcha.*
    |(?:please\ )?(?:enable|activate|turn\ on)\ (?:javascript|cookies).{{0,60}}|your\ browser\ does\ not\ support.{{0,60}}
    |view\ comments?.{{0,10}}|\d+\ comments?|comments?\s*\(\d+\)|add\ comment|comment\ now|no\ comments(?:\ yet)?|comments?\ off.{{0,40}}
    |(?:unsubscribe|view\ (?:this\ (?:email|mail|newsletter|message)\ )?in\ (?:your\ )?browser|manage\ (?:your\ )?(?:subscription|preferences)|update\ your\ preferences|abmelden|se\ désabonner|darse\ de\ baja|forward(?:ed)?\ this\ (?:email|mail|newsletter)).{{0,100}}
    |(?:follow|contact|email|reach)\ (?:the\ )?(?:author|reporter|writer|him|her|me)\b.{{0,60}}
    |\W*
    )$""".replace("(?:{0}", "(?:"),
    re.VERBOSE,
)
# How all that these three name begins, as far as four letters: most lines are told by that to be none of it.
_CHROME_BEGINNINGS = (
    "abme|abou|acce|acti|ad|afp|agre|alam|alle|also|anno|antw|anze|ap p|argo|arou|arti|artí|auch|auf |"
    "auth|avis|baca|back|beco|benz|beri|bild|blue|book|bunl|by c|by r|by s|bình|canc|capt|cate|cite|clic|"
    "clos|come|comm|comp|cond|conn|cont|cook|copy|corr|crea|cred|créd|czyt|dans|dars|das |date|decl|deix|"
    "deja|dela|dele|did |digg|disk|dism|doda|don'|dona|dont|dpa|druc|e-ma|edit|emai|enab|enla|ente|entr|"
    "esti|etiq|excl|expl|face|feat|file|find|flag|flip|foll|font|forw|foto|from|fuen|gall|geef|gere|get|"
    "gmai|goog|got |hide|home|how |hozz|i ag|i pi|ilgi|imag|impr|in p|inst|isto|join|kapc|keep|keyw|kome|"
    "komm|kopi|laat|labe|lais|lasc|late|lea|lees|legg|leia|les |lese|let |like|line|link|lire|list|lo m|"
    "load|log |logi|logo|läs |læs |mail|mais|mana|mast|medi|meer|mees|meet|mehr|meis|ment|menu|mess|more|"
    "most|mots|must|my a|más |najc|newe|news|next|no|odno|ok|olde|open|othe|paid|part|payl|peop|perm|"
    "pexe|phot|pict|pin |pint|più |play|plea|pock|podo|pole|popu|post|potr|powi|prev|prin|priv|prom|pubb|"
    "publ|quel|rate|reac|read|rece|reco|redd|regi|reje|rekl|rela|repl|repo|resp|reut|risp|rss|réag|save|"
    "schl|schr|scro|se d|sear|see|send|shar|show|shut|sieh|sign|simi|site|skip|skyp|sms|sour|souv|spon|"
    "star|stay|stor|stum|subm|subs|supp|sur |swip|tag|tamb|tap |te p|teil|tele|tell|tema|temp|term|them|"
    "this|thre|tiem|tin |to v|togg|top|tous|tren|tumb|turn|twee|twit|tópi|udos|ulti|unsp|unsu|up n|upda|"
    "veja|ver |vibe|vide|view|vk|voir|vous|was |watc|we v|wech|weib|weit|werb|what|writ|x|yoru|you |you'|"
    "youl|your|yout|zoba|zoom|zost|à li|ähnl|étiq|διαβ|σχόλ|врем|доба|друг|зали|коме|комм|метк|оста|по т|"
    "поде|попу|похо|рекл|само|теги|фото|чита|あわせて|おすすめ|コメント|タグ|广告|広告|廣告|延伸閱讀|标签|相关报道|相关推荐|相关文章|相关新闻|相关阅读|"
    "相關文章|相關新聞|网友评论|评论|関連ニュ|関連リン|関連記事|關鍵字|관련 기|관련기사|광고|댓글"
)
_BEGINNINGS = frozenset(_CHROME_BEGINNINGS.split("|"))
# What may begin anywhere in a line: looked for only where the word stands in it that all of them have.
_COOKIES = re.compile(
    r".{0,60}\b(?:uses?|using|use of|verwende[nt]|utilisons|utilizamos|utilizziamo|gebruik\w*)\b.{0,20}\bcookies\b.{0,120}$"
)
_SCRIPT = re.compile(
    r".{0,40}(?:javascript|java script) (?:is|must|has|to be|seems|enabled|aktivieren|in your browser|needs).{0,80}$"
)
_RIGHTS = re.compile(r".{0,60}all rights reserved.{0,20}$")

_NAME = r"(?:[^\W\d_a-z][\w'’.-]*|de|van|von|der|den|da|di|del|la|le|al|el|bin|dos|du|ten|ter|zu|y|e)"
_NAMES = rf"{_NAME}(?:\s+{_NAME}){{0,4}}"
_BY = re.compile(
    rf"^(?:(?i:written\ by|posted\ by|story\ by|words\ by|reported\ by|article\ by|text\ by|author:?|authors:?|by:?|von:?|par:?|por:?|di:?|door:?|av:?|af:?|autor:?|autorin:?|auteur:?|autore:?|автор:?|текст:?|tekst:?|text:?))\s+"
    rf"({_NAMES}(?:\s*(?:,|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\bi\b)\s*{_NAMES}){{0,4}})\s*(?:[,|•·–—/(:-].{{0,90}}|(?i:in|on|for|updated|published|senior|staff|posted|\d|@).{{0,90}})?$",
    re.VERBOSE,
)
# The first words of the above, by which most lines are told to be none.
_BYLINE_OPENERS = "written posted story words reported article text author authors by von par por di door av af autor autorin auteur autore автор текст tekst"
_OPENS_BYLINE = frozenset(_BYLINE_OPENERS.split())
_BEGINS_BYLINE = frozenset([opener[:2] for opener in _OPENS_BYLINE])
_NO_NAMES = re.compile(
    r"\b(?:the|and|our|your|this|staff|admin|editor|team|press|news|reporter|correspondent)\b", re.IGNORECASE
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|fév|mars|avr|juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|out|maj|stycz|luteg|marc|kwiet|czerw|lip|sierp|wrze|paźdz|listop|grud|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w*\.?"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?{_MONTH}\s*,?\s*(?:de\s+)?(?:\d{{4}})?|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b,?\s*(?:\d{{4}})?"
    r"|\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{4}년\s?\d{1,2}월\s?\d{1,2}일"
    r"|\b\d+\s+(?:second|minute|hour|day|week|month|year)s?\s+ago\b|\bvor\s+\d+\s+(?:minuten|stunden|tagen)\b"
)
# The words that may stand beside a date, and what else may.
_DATE_COMPANY = "published updated posted last modified on at the am pm a.m p.m uhr est edt et gmt utc bst pst pdt pt cet ist mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo stand veröffentlicht aktualisiert erstellt publié mis à jour le publicado actualizado atualizado em el às pubblicato aggiornato il alle date created first by in old new ago from opublikowano geplaatst op om dnia h min read"
_BESIDE_DATE = frozenset(_DATE_COMPANY.split())
_AROUND_DATE = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_BESIDE_DATE)))})\b|[\d:|.,•·–—/()@+\s-]")
# The words of dates that are no month's, and how those of all others begin.
_IN_DATE = _BESIDE_DATE | {"de", "vor", "年", "月", "日"}
_DATE_BEGINNINGS = "jan feb mar apr may jun jul aug sep oct nov dec mär mai okt dez fév avr jui aoû déc ene abr ago dic gen mag giu lug set ott fev out maj sty lut kwi cze lip sie wrz paź lis gru янв фев мар апр май мая июн июл авг сен окт ноя дек sec min hou day wee mon yea stu tag"
_BEGINS_IN_DATE = frozenset(_DATE_BEGINNINGS.split())
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LONGEST_DATE_LINE = 110
_MOST_LEFT = 14  # letters that may be left of a date line: a place, an agency


def mark_of(text: str) -> Mark:
    """Tell what a line says of itself."""
    if len(text) > _LONGEST:
        return _NONE
    bare = text.strip(" \t|•·*#►▶→»›-–—_=~")
    if not bare:
        return _DROP
    low = bare.lower()
    begins = _begins_as_chrome(low)
    if begins and _HARD_LINE.match(low):
        return _HARD
    if (begins and _DROP_LINE.match(low)) or is_date_line(text) or _drops_within(low):
        return _DROP
    is_soft = (begins and _SOFT_LINE.match(low)) or ("rights reserved" in low and _RIGHTS.match(low))
    return _SOFT if is_soft else _NONE


def _begins_as_chrome(low: str) -> bool:
    """Tell whether a line may be named by a list; what begins with no letter may."""
    return not (low[0].isalpha() and _BEGINNINGS.isdisjoint((low[:4], low[:3], low[:2], low[:1])))


def _drops_within(low: str) -> bool:
    has_cookies = "cookies" in low and _COOKIES.match(low) is not None
    return has_cookies or ("script " in low and _SCRIPT.match(low) is not None)


def byline_of(text: str) -> str | None:
    """Read the names out of a byline, joined by ", "; None where the line is none.

    >>> byline_of("By Ann Lee and Bo Berg, Harbour Correspondent")
    'Ann Lee, Bo Berg'
    """
    text = text.strip()
    if text[:2].lower() not in _BEGINS_BYLINE or len(text) > _LONGEST_DATE_LINE:
        return None
    opener, _, rest = text.partition(" ")
    if not rest or opener.rstrip(":").lower() not in _OPENS_BYLINE:
        return None
    found = _BY.match(text)
    if not found or _NO_NAMES.search(found[1].replace(" and ", " ")):
        return None
    names = re.split(r"\s*(?:,|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b)\s*", found[1])
    return ", ".join(name.strip() for name in names if name.strip()) or None


def is_date_line(text: str) -> bool:
    """Tell whether a line is a date line: a date, and next to nothing beside it."""
    if len(text) > _LONGEST_DATE_LINE or not _DIGIT.search(text):
        return False
    # without a year it may be a row of a calendar or of a table: then nothing else may stand there
    most = _MOST_LEFT if _YEAR.search(text) else 0
    low = text.lower()
    if _says_more(low, most):
        return False
    rest, found = _DATE.subn(" ", low)
    return found > 0 and len(_AROUND_DATE.sub("", rest)) <= most


def _says_more(low: str, most: int) -> bool:
    """Tell whether words that are no part of a date have more letters: most lines with a digit are told by that."""
    letters = 0
    for word in low.split():
        if word.isalpha() and word not in _IN_DATE and word[:3] not in _BEGINS_IN_DATE:
            letters += len(word)
            if letters > most:
                return True
    return False
