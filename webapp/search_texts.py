"""What the search says to people: names of filters, chips and reasons, each in the six languages of the project.

All of it stands here, so that it can be translated in one place. Drafted by machine in all languages but English.
"""

from __future__ import annotations

from typing import Final

from webapp.languages import pick

__all__ = ["TEXTS", "said_in", "say"]

_LANGUAGES: Final = ("en", "et", "fi", "lt", "nb", "ka")

TEXTS: Final[dict[str, tuple[str, str, str, str, str, str]]] = {
    # Filters and facets
    "subject": ("Subject", "Õppeaine", "Oppiaine", "Dalykas", "Fag", "საგანი"),
    "competence": ("Competence", "Pädevus", "Osaaminen", "Kompetencija", "Kompetanse", "კომპეტენცია"),
    "level": ("Level", "Haridustase", "Koulutusaste", "Lygmuo", "Nivå", "საფეხური"),
    "grade": ("Grade", "Klass", "Luokka", "Klasė", "Trinn", "კლასი"),
    "age": ("Age", "Vanus", "Ikä", "Amžius", "Alder", "ასაკი"),
    "theme": ("Theme", "Läbiv teema", "Teema", "Tema", "Tema", "თემა"),
    "language": (
        "Language of the text",
        "Teksti keel",
        "Tekstin kieli",
        "Teksto kalba",
        "Tekstens språk",
        "ტექსტის ენა",
    ),
    "available": (
        "Also available in",
        "Olemas ka keeles",
        "Saatavilla myös",
        "Yra ir kalba",
        "Finnes også på",
        "არის აგრეთვე",
    ),
    "devices": (
        "Devices for pupils",
        "Õpilaste seadmed",
        "Oppilaiden laitteet",
        "Mokinių įrenginiai",
        "Elevenheter",
        "მოსწავლეების მოწყობილობები",
    ),
    "devices.none": ("Not needed", "Ei ole vaja", "Ei tarvita", "Nereikia", "Trengs ikke", "არ არის საჭირო"),
    "devices.needed": ("Needed", "On vaja", "Tarvitaan", "Reikia", "Trengs", "საჭიროა"),
    "organisation": (
        "Class organisation",
        "Töövorm",
        "Työskentelymuoto",
        "Darbo organizavimas",
        "Organisering",
        "მუშაობის ორგანიზება",
    ),
    "learning_type": (
        "Learning type",
        "Õppimise viis",
        "Oppimisen tapa",
        "Mokymosi tipas",
        "Læringstype",
        "სწავლის ტიპი",
    ),
    "co_authorship": (
        "What pupils do with content",
        "Mida õpilased sisuga teevad",
        "Mitä oppilaat tekevät sisällölle",
        "Ką mokiniai daro su turiniu",
        "Hva elevene gjør med innhold",
        "რას აკეთებენ მოსწავლეები მასალით",
    ),
    "tool": ("Tool", "Vahend", "Väline", "Priemonė", "Verktøy", "ინსტრუმენტი"),
    "tool_not": ("Without", "Ilma", "Ilman", "Be", "Uten", "გარეშე"),
    "collection": ("Collection", "Kogu", "Kokoelma", "Rinkinys", "Samling", "კოლექცია"),
    "kind": ("Kind of data", "Andmete liik", "Tiedon laji", "Duomenų rūšis", "Datatype", "მონაცემთა სახე"),
    "licence": ("Licence", "Litsents", "Lisenssi", "Licencija", "Lisens", "ლიცენზია"),
    "country": ("Country", "Riik", "Maa", "Šalis", "Land", "ქვეყანა"),
    "hub": ("Hub", "Keskus", "Keskittymä", "Centras", "Knutepunkt", "ჰაბი"),
    "practice": ("Practice", "Praktika", "Käytäntö", "Praktika", "Praksis", "პრაქტიკა"),
    "evidence": ("Evidence", "Tõendid", "Näyttö", "Įrodymai", "Evidens", "მტკიცებულება"),
    "evidence.any": ("Has evidence", "On tõendeid", "On näyttöä", "Yra įrodymų", "Har evidens", "აქვს მტკიცებულება"),
    "time": ("Time available", "Aega on", "Aikaa on", "Turimas laikas", "Tid til rådighet", "დრო"),
    "minutes_min": ("At least", "Vähemalt", "Vähintään", "Mažiausiai", "Minst", "მინიმუმ"),
    "minutes_max": ("At most", "Kuni", "Enintään", "Daugiausia", "Høyst", "მაქსიმუმ"),
    "suggested": (
        "With competences that a program suggests",
        "Koos programmi pakutud pädevustega",
        "Myös ohjelman ehdottamat osaamiset",
        "Ir programos siūlomos kompetencijos",
        "Med kompetanser som et program foreslår",
        "პროგრამის მიერ შეთავაზებული კომპეტენციებით",
    ),
    "q": ("the words", "sõnad", "hakusanat", "žodžiai", "ordene", "სიტყვები"),
    # Chips
    "chip.minutes_max": (
        "At most {value} min",
        "Kuni {value} min",
        "Enintään {value} min",
        "Iki {value} min",
        "Høyst {value} min",
        "მაქსიმუმ {value} წთ",
    ),
    "chip.minutes_min": (
        "At least {value} min",
        "Vähemalt {value} min",
        "Vähintään {value} min",
        "Bent {value} min",
        "Minst {value} min",
        "მინიმუმ {value} წთ",
    ),
    "chip.age": ("Age {value}", "Vanus {value}", "Ikä {value}", "Amžius {value}", "Alder {value}", "ასაკი {value}"),
    "chip.tool_not": (
        "Without: {value}",
        "Ilma: {value}",
        "Ilman: {value}",
        "Be: {value}",
        "Uten: {value}",
        "გარეშე: {value}",
    ),
    "chip.available": (
        "Also in: {value}",
        "Olemas ka: {value}",
        "Myös: {value}",
        "Yra ir: {value}",
        "Finnes også: {value}",
        "არის აგრეთვე: {value}",
    ),
    "chip.devices": (
        "Devices for pupils: {value}",
        "Õpilaste seadmed: {value}",
        "Oppilaiden laitteet: {value}",
        "Mokinių įrenginiai: {value}",
        "Elevenheter: {value}",
        "მოსწავლეების მოწყობილობები: {value}",
    ),
    # Reasons
    "reason.title": (
        "Its title is what you typed",
        "Pealkiri on see, mille kirjutasid",
        "Otsikko on se, minkä kirjoitit",
        "Pavadinimas sutampa su užklausa",
        "Tittelen er det du skrev",
        "სათაური ემთხვევა თქვენს სიტყვებს",
    ),
    "reason.identifier": (
        "You typed its identifier",
        "Kirjutasid selle tunnuse",
        "Kirjoitit sen tunnisteen",
        "Įvedėte jo identifikatorių",
        "Du skrev identifikatoren",
        "თქვენ მისი იდენტიფიკატორი აკრიფეთ",
    ),
    "reason.competence": (
        "Teaches {value}",
        "Õpetab: {value}",
        "Opettaa: {value}",
        "Moko: {value}",
        "Lærer bort: {value}",
        "ასწავლის: {value}",
    ),
    "reason.competence_suggested": (
        "A program suggests that it teaches {value}",
        "Programmi arvates õpetab: {value}",
        "Ohjelman mukaan opettaa: {value}",
        "Programos nuomone, moko: {value}",
        "Et program mener at det lærer bort: {value}",
        "პროგრამის აზრით, ასწავლის: {value}",
    ),
    "reason.subject": (
        "About {value}",
        "Teema: {value}",
        "Aihe: {value}",
        "Tema: {value}",
        "Om {value}",
        "თემა: {value}",
    ),
    "reason.tool": (
        "Uses {value}",
        "Kasutab: {value}",
        "Käyttää: {value}",
        "Naudoja: {value}",
        "Bruker {value}",
        "იყენებს: {value}",
    ),
    "reason.asked": (
        "{text}, asked as “{words}”",
        "{text}, küsitud kui „{words}“",
        "{text}, kysytty sanoin ”{words}”",
        "{text}, klausta „{words}“",
        "{text}, spurt som «{words}»",
        "{text}, მოთხოვნაში: „{words}“",
    ),
    "reason.words": (
        "Has the words: {value}",
        "Sisaldab sõnu: {value}",
        "Sisältää sanat: {value}",
        "Yra žodžių: {value}",
        "Har ordene: {value}",
        "შეიცავს სიტყვებს: {value}",
    ),
    "reason.close": (
        "Close in meaning",
        "Tähenduselt lähedane",
        "Merkitykseltään lähellä",
        "Artima prasmė",
        "Nær i betydning",
        "აზრით ახლოსაა",
    ),
    "reason.passage.activity": (
        "Matching activity",
        "Sobiv tegevus",
        "Osuva toiminta",
        "Tinkama veikla",
        "Aktivitet som passer",
        "შესაბამისი აქტივობა",
    ),
    "reason.passage.outcomes": (
        "Matching learning outcomes",
        "Sobivad õpiväljundid",
        "Osuvat oppimistulokset",
        "Tinkami mokymosi rezultatai",
        "Læringsutbytte som passer",
        "შესაბამისი სწავლის შედეგები",
    ),
    "reason.passage.summary": (
        "Matching summary",
        "Sobiv kokkuvõte",
        "Osuva tiivistelmä",
        "Tinkama santrauka",
        "Sammendrag som passer",
        "შესაბამისი შეჯამება",
    ),
    "reason.passage.title": (
        "Matching title",
        "Sobiv pealkiri",
        "Osuva otsikko",
        "Tinkamas pavadinimas",
        "Tittel som passer",
        "შესაბამისი სათაური",
    ),
    "reason.minutes": (
        "Takes {value} min",
        "Kestab {value} min",
        "Kestää {value} min",
        "Trunka {value} min",
        "Tar {value} min",
        "გრძელდება {value} წთ",
    ),
    "reason.ages": (
        "For ages {value}",
        "Vanusele {value}",
        "Ikäisille {value}",
        "Amžius: {value}",
        "For alder {value}",
        "ასაკი: {value}",
    ),
    "reason.activity": (
        "{text} (activity {number})",
        "{text} (tegevus {number})",
        "{text} (toiminta {number})",
        "{text} ({number} veikla)",
        "{text} (aktivitet {number})",
        "{text} (აქტივობა {number})",
    ),
}
"""Texts by key, in the order of the languages en, et, fi, lt, nb, ka; names in braces are filled in."""


def say(key: str, **values: object) -> str:
    """Return a text for this reader, with values filled in."""
    text, _ = pick(dict(zip(_LANGUAGES, TEXTS[key], strict=True)))
    return text.format(**values) if values else text


def said_in() -> str:
    """Return the language that :func:`say` speaks to this reader."""
    return pick({language: language for language in _LANGUAGES})[1]
