"""Words that say nothing about what a text is about, by language; no text is found by them alone.

Those of most languages come with bm25s. The lists for Estonian, Finnish, Lithuanian and Georgian hold closed word
classes only (pronouns, conjunctions, particles, forms of "to be"), so that no word that a teacher might look for is
lost: "თვის" as a word of its own is of a month. "ilma" and "ilman" stay, though forms of weather and air too: who asks
for "ilma seadmeteta" or "ilman laitteita" means without.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bm25s import stopwords as supplied

__all__ = ["stop_words"]

_SUPPLIED: Final = {
    "da": supplied.STOPWORDS_DANISH,
    "de": supplied.STOPWORDS_GERMAN,
    "en": supplied.STOPWORDS_EN_PLUS,
    "es": supplied.STOPWORDS_SPANISH,
    "fr": supplied.STOPWORDS_FRENCH,
    "it": supplied.STOPWORDS_ITALIAN,
    "nb": supplied.STOPWORDS_NORWEGIAN,
    "nl": supplied.STOPWORDS_DUTCH,
    "nn": supplied.STOPWORDS_NORWEGIAN,
    "no": supplied.STOPWORDS_NORWEGIAN,
    "pt": supplied.STOPWORDS_PORTUGUESE,
    "ru": supplied.STOPWORDS_RUSSIAN,
    "sv": supplied.STOPWORDS_SWEDISH,
}

_OWN: Final = {
    "et": """
        aga ega ehk ei et või ja jah ju ka kas kes kelle keda kellele kui kuid kuna kuni kus kuhu kust ma mina minu
        mind mulle mul mis mille mida millele millega millest me meie meid meile meil mu muidu nad nemad nende neid
        neile neil need nii ning niisugune nagu oma ole oled oleks olema olen olete oli olid olime olin olla on pole
        poleks sa sina sinu sind sulle sul see seda selle sellele sellel sellest sellega selles siin siis seal ta tema
        teda talle tal te teie teid teile teil too tolle üks mõni iga kõik kogu vaid veel välja ära üle alla peale
        pärast enne juba kuidas miks millal milline sest samuti sama ise enda endale läbi vastu koos kohta jaoks poolt
        eest ainult ehkki end ennast endast ennem enam kellega kellel kellest kuigi mingi mitte millesse millel meiega
        minuga minule neis nendega nendele nendest nüüd olnud oleme oleksid polnud seega seejärel seetõttu sealt siia
        siit siiski sinna sellesse sellise selliste selline sellist temaga temale temalt teiega ilma
    """,
    "fi": """
        ja tai sekä eli mutta vaan sillä koska kun jos että jotta niin kuin kuten vaikka ei en et emme ette eivät eikä
        enkä ole olen olet on olemme olette ovat oli olin olivat ollut olla olisi olisivat minä minun minua minulle
        sinä sinun sinua hän hänen häntä hänelle me meidän meitä meille te teidän teitä teille he heidän heitä heille
        se sen sitä siinä siitä siihen sille ne niiden niitä niissä niistä niihin niille tämä tämän tätä tässä tästä
        tähän tälle nämä näiden näitä näissä tuo tuon tuota nuo joka jonka jota jossa josta johon jolle jotka joiden
        joita joissa joista mikä minkä mitä missä mistä mihin kuka kenen ketä myös vain jo vielä nyt sitten siis
        kanssa varten kautta jokainen kukin itse oma omaa oman kaikki jokin jotain joku noin ehkä joko eikö eivätkä
        heistä heillä hänellä hänestä johonkin joihin joilla joille joilta jolla jolta jonkin jossakin jotkut ketkä
        keitä meillä meistä mihinkään miksi milloin millä mille miltä minulla minusta miten mitkä niillä näihin näille
        näillä näin ollaan onko sellainen sellaisen sellaisia sinulla sinusta sinulle siltä teillä teistä tuolla tällä
        tältä tällainen tällaisen vai ilman
    """,
    "ka": """
        და ან თუ რომ რომელიც რომელსაც რომლის რომლებიც მაგრამ ხოლო ასევე აგრეთვე არ არა ვერ ნუ არის იყო არიან იქნება ეს
        ის ამ იმ ესენი ისინი ამას იმას მათ მათი მისი მას მე ჩვენ თქვენ შენ ჩემი ჩვენი თქვენი შენი თავის თავისი რა რას
        ვინ ვის სად როგორ რატომ როდის როცა სანამ შემდეგ როგორც უნდა კი აქ იქ ყველა თითოეული ერთი მხოლოდ უკვე კიდევ
        შესახებ მიერ გარეშე შორის ამავე ამის ამისა ასე ასეთი იგი იმავე იმის იმისა ისე ისეთი იყვნენ მათთვის მან მისთვის
        მის მიმართ მიხედვით რადგან რასაც რაც რომელთა რომელმაც რომელშიც რომლებმაც რომლებსაც რომლითაც სადაც ვინც
        თავიანთი თქვენს თუმცა ჩვენს ჩემს
    """,
    "lt": """
        ir ar arba bei bet o tačiau kad jog nes kai kol kada kur kaip kodėl jei jeigu nors lyg tarsi tai tas ta tą to
        tos tam tuo toje tie tų tiems tais šis ši šį šio šios šiam šiuo šioje šie šių jis ji jį jo jos jam juo jie jų
        jiems jais joms jomis aš mano mane man mes mūsų mus mums tu tavo tave jūs jūsų jus jums savo sau save kas ko
        ką kam kuo kuris kuri kurį kurio kurios kuriam kuriuo kurie kurių kuriems kokie koks kokia ne nei nė yra nėra
        esu esi esame esate buvo būti bus būtų į iš su be per prie po pagal apie dėl už nuo iki prieš tarp ant pas
        link visi visų vis dar jau tik net pat pats pati patys vienas kiekvienas taip čia ten buvau buvome būna joje
        jame juos juose jose jas kažkas kuriame kurias kuriais kuriomis kurioje kuriose kuriuos kuriuose nebuvo nebus
        savęs savimi šiame šiems šiomis šiose šioms šiuos šiuose šiais todėl taigi toks tokia tokie tokių tokią tokį
        tokio tokios tomis toms tose tuos tuose viena vieną vieno visa visas visą visiems viso visos visus
    """,
}


@lru_cache(maxsize=64)
def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, given by its primary subtag, in lower case; none where no list is known.

    >>> "ja" in stop_words("et"), "and" in stop_words("nb"), len(stop_words("xx"))
    (True, False, 0)
    """
    return frozenset(_OWN[language].split()) if language in _OWN else frozenset(_SUPPLIED.get(language, ()))
