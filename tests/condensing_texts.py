"""Articles of our own writing, and what is asserted of every digest: shared by the rings that test condensing."""

from __future__ import annotations

import re

from digest.condensing.prose import opens_dangling
from digest.condensing.shortening import shorten
from digest.model import Article, Digest, Point

HARBOUR = Article(
    title=None,
    paragraphs=(
        (
            "PORT ELLERY (Coast Wire) - The harbour board of Port Ellery has agreed to rebuild the old stone pier "
            "after "
            "storms in January tore away forty metres of its outer wall. Work will begin in May and is expected to "
            "last "
            "two summers."
        ),
        (
            "Board chair Marta Lindqvist said the pier (built in 1891) had been patched eleven times and could not be "
            "patched again. “We either rebuild it or we lose it,” she told a meeting of fishers on Tuesday."
        ),
        (
            "The plan costs 6.2 million crowns. Half of the money comes from the county, a quarter from the board's "
            "reserves, and the rest from a loan that berth fees will pay back over fifteen years."
        ),
        (
            "Berth fees rise by 4 percent in each of the next three years, the harbour office announced. However, "
            "boats "
            "under six metres are exempt, because most of them belong to people who fish for their own table."
        ),
        (
            "Fisher Tomas Akerele, whose family has moored at the pier since 1923, said he would rather pay more than "
            "see the wall fall. He also asked the board to keep the old lamp at the pier's head."
        ),
        (
            "Two swimming ladders and a slipway for rowing boats are part of the plan. The rowing club had asked for "
            "the slipway since 2009."
        ),
        "During the work the ferry to Hollow Island will leave from the timber quay. Its timetable stays the same.",
    ),
)

# One short article in each script that has its own rules; every one says the same of a library.
SCRIPTS = {
    "de": "Die Stadtbibliothek hat am Montag einen neuen Lesesaal eröffnet. Der Saal hat 120 Plätze und ist bis 21 Uhr "
    "offen. Der Eintritt ist frei, sagte Direktorin Anna Petersen. Vorher war hier ein Lager für Bücher.",
    "fr": "La bibliothèque a ouvert lundi une nouvelle salle de lecture. La salle compte 120 places et reste ouverte "
    "jusqu'à 21 heures. L'entrée est libre, a dit la directrice Anne Petit. Avant, c'était une réserve de livres.",
    "ru": "Городская библиотека открыла новый читальный зал в понедельник. Зал рассчитан на сто двадцать мест. Вход "
    "для всех читателей свободный. Раньше здесь был склад книг.",
    "el": "Η δημοτική βιβλιοθήκη άνοιξε νέα αίθουσα τη Δευτέρα. Η αίθουσα έχει εκατόν είκοσι θέσεις. Η είσοδος είναι "
    "ελεύθερη για όλους.",
    "ar": "افتتحت المكتبة العامة قاعة قراءة جديدة يوم الاثنين. تتسع القاعة لمئة وعشرين قارئا. الدخول مجاني للجميع.",
    "he": "הספרייה העירונית פתחה אולם קריאה חדש ביום שני. באולם יש מאה ועשרים מקומות. הכניסה חופשית לכל הקוראים.",
    "hi": "नगर पुस्तकालय ने सोमवार को नया वाचनालय खोला। इसमें एक सौ बीस पाठक बैठ सकते हैं। प्रवेश सबके लिए निःशुल्क है।",
    "zh": "市图书馆周一开放了新的阅览室。阅览室可以容纳一百二十名读者。所有读者都可以免费进入阅览室。",
    "ja": "市立図書館は月曜日に新しい閲覧室を開いた。閲覧室には百二十席がある。誰でも無料で入れる。",
    "th": "ห้องสมุดประชาชนเปิดห้องอ่านหนังสือใหม่เมื่อวันจันทร์ ห้องนี้รองรับผู้อ่านได้หนึ่งร้อยยี่สิบคน ทุกคนเข้าอ่านหนังสือได้ฟรีทุกวัน",
}


_TOKENS = re.compile(r"\w+|[^\w\s]")


def assert_sound(digest: Digest) -> None:
    """Assert what holds of every digest made by ranking, whatever the article."""
    assert digest.headline.strip()
    assert digest.summary
    assert digest.reading_minutes >= 1
    assert len(set(digest.keywords)) == len(digest.keywords)
    for point in (*digest.summary, *digest.key_points):
        for evidence in point.evidence:
            paragraph = digest.article.paragraphs[evidence.paragraph]
            assert paragraph[evidence.start : evidence.end] == evidence.text
        assert_traceable(point)
    for point in digest.key_points:
        assert not opens_dangling(point.text, "en")
    lines = [point.evidence[0] for point in (*digest.summary, *digest.key_points)]
    assert len(set(lines)) == len(lines)


def assert_traceable(point: Point) -> None:
    """Assert that a line is its first evidence up to the listed edits.

    The only words it may have more than that sentence are given names: each stands in a later evidence, right
    before the same surname as in the line; and without a name given in full there is no later evidence.
    """
    own, *sources = point.evidence
    wanted, rest = _TOKENS.findall(shorten(own.text)), _TOKENS.findall(point.text)
    for word in wanted:
        added = []
        while rest and rest[0] != word:
            added.append(rest.pop(0))
        assert rest, f"{point.text!r} lacks {word!r}"
        rest.pop(0)
        if added:
            name = [*added, word]
            assert any(_stands_in(name, _TOKENS.findall(source.text)) for source in sources), name
    assert not rest
    assert bool(sources) == (point.text != shorten(own.text))


def _stands_in(words: list[str], text: list[str]) -> bool:
    return any(text[at : at + len(words)] == words for at in range(len(text)))


# The other languages Digest tells apart, so that together with SCRIPTS every one is condensed.
LANGUAGES = SCRIPTS | {
    "en": "The town library opened a new reading room on Monday. The room has 120 seats and it is open until nine.",
    "es": "La biblioteca municipal abrió el lunes una nueva sala de lectura. La sala tiene 120 plazas y es gratis para "
    "todos los lectores de la ciudad.",
    "it": "La biblioteca della città ha aperto lunedì una nuova sala di lettura. La sala ha 120 posti ed è aperta a "
    "tutti i lettori fino alle nove.",
    "pt": "A biblioteca da cidade abriu na segunda-feira uma nova sala de leitura. A sala tem 120 lugares e não é paga "
    "pelos leitores que a usam.",
    "nl": "De bibliotheek van de stad heeft op maandag een nieuwe leeszaal geopend. De zaal heeft 120 plaatsen en is "
    "voor iedereen gratis.",
    "sv": "Stadens bibliotek har öppnat en ny läsesal på måndagen. Salen har 120 platser och är öppen för alla som "
    "vill läsa till klockan nio.",
    "da": "Byens bibliotek har åbnet en ny læsesal mandag. Salen har 120 pladser og er åben for alle, der ikke har et "
    "sted at læse af sig selv.",
    "no": "Biblioteket i byen har åpnet en ny lesesal på mandag. Salen har 120 plasser og er åpen for alle som ikke "
    "har et sted å lese etter skolen.",
    "fi": "Kaupungin kirjasto on avannut uuden lukusalin maanantaina. Salissa on 120 paikkaa, ja se on auki kaikille, "
    "jotka eivät ole vielä lukeneet.",
    "pl": "Biblioteka miejska otworzyła w poniedziałek nową czytelnię. W czytelni jest 120 miejsc i nie trzeba za nie "
    "płacić, bo są dla wszystkich.",
    "cs": "Městská knihovna v pondělí otevřela novou čítárnu. Je v ní 120 míst a je otevřena pro všechny, kteří se "
    "chtějí učit, ale nemají kde.",
    "hu": "A városi könyvtár hétfőn új olvasótermet nyitott. A teremben 120 hely van, és ez nem kerül semmibe azoknak, "
    "akik olvasni akarnak.",
    "ro": "Biblioteca orașului a deschis luni o nouă sală de lectură. Sala are 120 de locuri și este deschisă pentru "
    "toți cei care nu au unde să citească.",
    "tr": "Şehir kütüphanesi pazartesi günü yeni bir okuma salonu açtı. Salon 120 kişilik ve herkes için ücretsiz, ama "
    "çok sessiz olmak gerekiyor.",
    "id": "Perpustakaan kota membuka ruang baca yang baru pada hari Senin. Ruang itu memiliki 120 kursi dan tidak "
    "dipungut biaya untuk semua pembaca.",
    "vi": "Thư viện thành phố đã mở một phòng đọc mới vào thứ hai. Phòng có 120 chỗ và không thu phí của những người "
    "đến đọc sách.",
    "uk": "Міська бібліотека відкрила новий читальний зал у понеділок. У залі є сто двадцять місць, і він відкритий "
    "для всіх, хто не має де читати.",
    "bg": "Градската библиотека откри нова читалня в понеделник. В нея има сто и двадесет места и тя е отворена за "
    "всички, които искат да четат.",
    "hy": "Քաղաքային գրադարանը երկուշաբթի նոր ընթերցասրահ է բացել։ Սրահն ունի հարյուր քսան տեղ և բաց է բոլորի համար։",
    "ka": "ქალაქის ბიბლიოთეკამ ორშაბათს ახალი სამკითხველო დარბაზი გახსნა. დარბაზში ას ოცი ადგილია ყველასთვის.",
    "ko": "시립 도서관이 월요일에 새 열람실을 열었다. 열람실에는 백이십 개의 자리가 있다.",
    "fa": "کتابخانه شهر روز دوشنبه یک تالار مطالعه تازه گشود. این تالار صد و بیست جا دارد و پذیرش همگان رایگان است.",
}
