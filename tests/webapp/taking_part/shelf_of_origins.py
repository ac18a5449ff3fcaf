"""Published scenarios to make others of: one with every field there is, and some under each kind of licence."""

from __future__ import annotations

RICH = """\
---
id: scenario/rich
type: LearningScenario
inLanguage: [fi, en]
name: {fi: "Melukartta", en: "A map of noise"}
description: {fi: "Oppilaat mittaavat melua.", en: "Pupils measure noise."}
abstract: {fi: "Lyhyesti: melu, mittaus, kartta."}
alternateName: {fi: [Meluisa koulu]}
keywords: {fi: ["melu, ääni", kartta]}
license: https://creativecommons.org/licenses/by-sa/3.0/
creator: [organisation/fixture-publisher]
creditText: "Tekijä T., Koulu 2020"
publisher: organisation/fixture-publisher
url: https://example.org/melu
source: [https://example.org/melu/lahde]
learningResourceType: [resource-type/lessonPlan]
audience: [audience/teacher]
interactivityType: interactivity/active
accessibilityFeature: [captions]
about: [subject/physics]
educationalLevel: [level/isced-2]
nationalGrade: [grade/fi-7]
teaches: [competence/digcomp22-1.3, competence/digcomp22-1]
competencyRequired: [competence/digcomp22-1.1]
alignment:
  - {competence: competence/digcomp22-1.3, proficiencyLevel: proficiency/digcomp22-4}
minAge: 13
maxAge: 14
minutes: 45
preparationMinutes: 10
needsPupilDevices: false
practice: [practice/peer-learning]
product: {fi: "Kartta."}
assessment: {fi: "Kartassa on asteikko."}
adaptation: {fi: "Ilman mittareita arvioidaan korvin."}
learningOutcome:
  - {description: {fi: "Osaan mitata melua."}}
  - {description: {fi: "Osaan piirtää kartan.", en: "I can draw a map."}}
material:
  - {name: {fi: "Kartan pohja"}, url: "https://example.org/pohja.pdf", license: "https://creativecommons.org/licenses/by/4.0/"}
activity:
  - name: {fi: "Mittaus"}
    description: {fi: "Ryhmät mittaavat."}
    minutes: 30
    inClass: true
    grouping: grouping/smallGroup
    learningType: [learning-type/inquiry]
    tool: [tool/phyphox]
    display: [tool/cat-display]
    outcome: ["#outcome-1"]
  - name: {fi: "Kartta"}
    description: {fi: "Luokka piirtää."}
    minutes: 15
    inClass: true
    grouping: grouping/wholeClass
    outcome: ["#outcome-1", "#outcome-2"]
dataKind: data-kind/original
completeness: completeness/partial
"""

_UNDER = """\
---
id: scenario/under-{slug}
type: LearningScenario
inLanguage: [en]
name: {{en: "A lesson under {slug}"}}
description: {{en: "Pupils compare two clocks and say which one is right."}}
about: [subject/physics]
license: {licence}
creditText: Clock makers
dataKind: data-kind/original
completeness: completeness/partial
"""

LICENCES = {
    "by": "https://creativecommons.org/licenses/by/4.0/",
    "sa": "https://creativecommons.org/licenses/by-sa/4.0/",
    "nc": "https://creativecommons.org/licenses/by-nc/4.0/",
    "nd": "https://creativecommons.org/licenses/by-nd/4.0/",
    "zero": "https://creativecommons.org/publicdomain/zero/1.0/",
    "rights": "https://example.org/all-rights-reserved",
}

ORIGINS = RICH + "".join(_UNDER.format(slug=slug, licence=licence) for slug, licence in LICENCES.items())
