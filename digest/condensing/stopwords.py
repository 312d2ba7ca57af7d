"""Function words of the languages Digest tells apart, one line each: written by hand, most frequent first.

They serve twice: telling a language (its function words are every second word of a text), and telling words
that carry no subject. A table only; ``language`` and ``words`` read it.
"""

from __future__ import annotations

__all__ = ["STOPWORDS"]

STOPWORDS: dict[str, frozenset[str]] = {
    tag: frozenset(words.split())
    for tag, words in {
        "en": """
            his am whom whose cannot himself herself itself themselves
            the of and to in a is that for it was on with as he be at by i this had not are but from or have
            an they which one you were all her she there would their we him been has when who will no more
            if out so up said what its about than into them can only other time new some could these two may
            first then do any like my now over such our man me even most made after also did many off before
            must well back through years much where your way down should because long each just those people
            too mr little state good very make world still see own work men day get here between both being
            under three never know same last another while us might go says going go got one's let yet upon
            during against although however among per via don didn doesn isn wasn won wouldn couldn t s re
            ve ll d m
        """,
        "fr": """
            de la le les et des en un une du que est dans qui par pour au a il sur plus pas ce avec sont ne
            se son sa ses ou mais comme été être ont cette aux elle on leur même entre aussi après deux fait
            nous vous ils elles lui dont d l qu s n c j avait était ces sans si tout tous très selon depuis
            encore où leurs peut avoir faire moins alors contre celui cela deux ainsi chez avant vers lors
            notre votre y
        """,
        "de": """
            der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an
            werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war
            haben nur oder aber vor zur bis mehr durch man sein wurde sei ihr wir ich kann gegen vom unter
            wenn diese dieser schon
        """,
        "es": """
            de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha
            me si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta
            desde está porque qué han donde quien durante contra ese esa eso ni nos
        """,
        "it": """
            di e il la che in a per un è del non i una le si con da sono dei al della nel alla come anche
            più ha lo ma gli dal se delle o su nella ci questo suo sua dalla essere era ai degli stato cui
            hanno due tra dopo sul molto anni
        """,
        "pt": """
            de a que e o do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das
            tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era
            depois sem mesmo aos são
        """,
        "nl": """
            de het een en van in is dat op te zijn met voor niet aan er die als ook om naar bij maar door
            uit over heeft worden wordt dan nog werd tot was hij ze kan meer deze dit zich
        """,
        "sv": """
            och i att det som en på är av för med till den har de inte om ett men var jag så från vid när
            kan nu också efter eller hade under han hon sig ska där
        """,
        "da": """
            og i at det er en til på som af for med den har de ikke der et var jeg men om han fra ved så kan
            blev også efter eller havde sig hun skal år
        """,
        "no": """
            og i det er på som en til av for med at den har de ikke et om var han men fra seg så vi ble også
            etter eller hadde kan skal år ved hun
        """,
        "fi": """
            ja on ei että se hän oli joka mutta ovat myös kun niin sen mukaan ole tai kuin jo nyt vain
            sitten olla joka vuoden sekä ovat ollut
        """,
        "pl": """
            i w na z do nie się że to jest o jak za po od ale przez dla co ma są tak był przed także oraz
            jego być już tym może które który która lub ich
        """,
        "cs": """
            a v na se je že s z o do to i k ve za by pro jako po jsou ale od jeho byl tak už také který
            která jen podle při
        """,
        "hu": """
            a az és hogy nem is egy ez van volt meg csak már de el mint ha még vagy lesz után szerint azt
            ezt ki pedig
        """,
        "ro": """
            de și în a la cu pe că o nu un este din care pentru mai se au fost sau prin după dar ca sunt lui
            fi această anul
        """,
        "tr": """
            ve bir bu da de için ile olarak çok daha en olan gibi kadar sonra olduğu var ama ne o ise her
            dedi türkiye
        """,
        "id": """
            yang dan di dari untuk dengan pada ini itu dalam tidak akan ke juga adalah oleh telah karena ada
            mereka sebagai saat
        """,
        "vi": """
            và của là có trong được cho các một người không với này những đã để khi từ về đến ở như năm ra
            tại cũng
        """,
        "ru": """
            и в не на что с по как это его из к у за от о для так но был она он они было же только мне было
            вы бы меня еще нет из-за до после а при также этом этого который которые которая сказал были
            быть или уже об чтобы года году со том время их все где если под во
        """,
        "uk": """
            і в не на що з та як це його до у за від про для так але був вона він вони було же тільки також
            який які яка були бути або вже року після щоб із під
        """,
        "bg": """
            и в на не се че за от да с по е са си му като но до ще при след което които този това беше или
            още през
        """,
        "el": """
            και το η ο του της να τα των με για που από σε είναι στο την στη θα δεν τον οι μια ένα ότι τους
            στην στον ως αλλά
        """,
        "ar": """
            في من على إلى أن عن التي الذي هذا هذه كان مع ما لا أو كما بعد قال كل بين لم وقد قد ذلك هو هي
            وكان
        """,
        "he": """
            של את על לא הוא זה עם כי גם היא או אם אל כל יש אבל לפי היה בין אחרי רק
        """,
        "hi": """
            के में की है और से को का ने पर हैं कि यह भी एक नहीं तो इस लिए कर था ही या गया रहा
        """,
        "hy": """
            և է որ են ու այդ մեջ նաև այն էր իր հետ մի եմ համար
        """,
    }.items()
}
