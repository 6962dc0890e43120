"""Published entries as an RDF graph after DCAT-AP 3; never more than `catalogue.harvest` gives out."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import translation
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Namespace
from rdflib.term import Node

from gongxiang.law.articles import instrument
from gongxiang.platform.catalogue.classification import category_of
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.harvest import PublishedEntry
from gongxiang.platform.http_api.dcat import vocabulary
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
PREFIXES = {
    "dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "skos": SKOS, "adms": ADMS, "dcatap": DCATAP, "eli": ELI, "hydra": HYDRA,
    "locn": LOCN, "vcard": VCARD,
}  # fmt: skip
#: Of DCAT 3; rdflib knows the second.
VERSION = URIRef(f"{DCAT}version")
#: The instruments that every entry is published under.
INSTRUMENTS = ("wushen-2021-60", "cn-809")


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which page of the catalogue a graph is."""

    number: int
    pages: int
    total: int


class Describer:
    """Describes entries under one origin, e.g. `https://share.example`."""

    def __init__(self, origin: str) -> None:
        self.origin = origin.rstrip("/")
        self.graph = Graph()
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace, replace=True)
        self.catalogue = URIRef(f"{self.origin}/catalog")

    def dataset_uri(self, entry_id: UUID) -> URIRef:
        """The address of an entry."""
        return URIRef(f"{self.origin}/catalog/datasets/{entry_id}")

    def describe_catalogue(self, entries: Iterable[PublishedEntry], page: Page | None = None) -> Graph:
        """The catalogue with these entries, as a page of it if there are more."""
        self._catalogue_itself()
        for entry in entries:
            dataset = self.describe(entry)
            self._add(self.catalogue, (DCAT.dataset, dataset))
        if page is not None:
            self._paged(page)
        return self.graph

    def describe(self, entry: PublishedEntry) -> URIRef:
        """One entry with its publisher, contact, theme, rights and distributions."""
        content, dataset = entry.content, self.dataset_uri(entry.id)
        landing = URIRef(f"{self.origin}/catalogue/resources/{entry.id}/")
        self._add(
            dataset,
            (RDF.type, DCAT.Dataset),
            (DCTERMS.title, _zh(content.name)),
            (DCTERMS.description, _zh(content.summary or content.name)),
            (DCTERMS.identifier, Literal(entry.code)),
            (DCTERMS.publisher, self._publisher(entry)),
            (DCAT.contactPoint, self._contact(entry)),
            (DCAT.landingPage, landing),
            (DCAT.theme, self._theme(content.classification)),
            (DCAT.theme, self._concept(vocabulary.theme_of(content.classification))),
            (DCTERMS.issued, _instant(entry.first_published_at)),
            (DCTERMS.modified, _instant(entry.published_at)),
            (VERSION, Literal(str(entry.version))),
            (DCTERMS.language, URIRef(vocabulary.LANGUAGE)),
            (DCTERMS.accessRights, self._rights(content.sharing_type, content.open_to_society)),
        )
        self._add(landing, (RDF.type, FOAF.Document))
        self._add(URIRef(vocabulary.LANGUAGE), (RDF.type, DCTERMS.LinguisticSystem))
        for name in INSTRUMENTS:
            self._add(dataset, (DCATAP.applicableLegislation, self._instrument(name)))
        for word in content.keywords:
            self._add(dataset, (DCAT.keyword, _zh(word)))
        if content.update_cycle in vocabulary.FREQUENCY:
            frequency = URIRef(vocabulary.FREQUENCY[content.update_cycle])
            self._add(dataset, (DCTERMS.accrualPeriodicity, frequency))
            self._add(frequency, (RDF.type, DCTERMS.Frequency))
        self._where_and_when(dataset, entry)
        self._terms(dataset, entry)
        for source in content.derived_from:
            self._add(dataset, (DCTERMS.source, self.dataset_uri(source)))
        for number, distribution in enumerate(content.distributions, 1):
            self._distribution(dataset, entry, distribution, number)
        return dataset

    # ---- parts ----------------------------------------------------------------------------------------------------------

    def _add(self, subject: Node, *said: tuple[Node, Node]) -> None:
        for predicate, value in said:
            self.graph.add((subject, predicate, value))

    def _catalogue_itself(self) -> None:
        service = URIRef(f"{self.origin}/api/v1/")
        self._add(
            self.catalogue,
            (RDF.type, DCAT.Catalog),
            (DCTERMS.title, _zh("政务信息资源目录")),
            (DCTERMS.title, Literal("Catalogue of government information resources", lang="en")),
            (DCTERMS.description, _zh("全旗政务部门编制、经主管部门审核发布的政务信息资源目录。")),
            (DCTERMS.language, URIRef(vocabulary.LANGUAGE)),
            (DCAT.themeTaxonomy, self._scheme(vocabulary.THEMES, "Data theme")),
            (DCAT.themeTaxonomy, self._scheme(f"{self.origin}/catalog/themes", "政务信息资源分类")),
            (DCAT.service, service),
            (FOAF.homepage, URIRef(f"{self.origin}/")),
        )
        self._add(URIRef(f"{self.origin}/"), (RDF.type, FOAF.Document))
        self._add(URIRef(vocabulary.LANGUAGE), (RDF.type, DCTERMS.LinguisticSystem))
        for name in INSTRUMENTS:
            self._add(self.catalogue, (DCATAP.applicableLegislation, self._instrument(name)))
        self._add(
            service,
            (RDF.type, DCAT.DataService),
            (DCTERMS.title, _zh("目录 JSON 接口")),
            (DCAT.endpointURL, service),
            (DCAT.endpointDescription, URIRef(f"{self.origin}/api/v1/openapi.json")),
        )
        self._add(service, (RDF.type, RDFS.Resource))
        try:
            authority = parties.authority()
        except NotFound:
            return
        self._add(self.catalogue, (DCTERMS.publisher, self._agent(authority.id, authority.name, authority.credit_code)))

    def _paged(self, page: Page) -> None:
        here = URIRef(f"{self.catalogue}?page={page.number}")
        self._add(
            self.catalogue,
            (RDF.type, HYDRA.Collection),
            (HYDRA.totalItems, Literal(page.total, datatype=XSD.integer)),
            (HYDRA.view, here),
        )
        self._add(
            here,
            (RDF.type, HYDRA.PartialCollectionView),
            (HYDRA.first, URIRef(f"{self.catalogue}?page=1")),
            (HYDRA.last, URIRef(f"{self.catalogue}?page={page.pages}")),
        )
        if page.number > 1:
            self._add(here, (HYDRA.previous, URIRef(f"{self.catalogue}?page={page.number - 1}")))
        if page.number < page.pages:
            self._add(here, (HYDRA.next, URIRef(f"{self.catalogue}?page={page.number + 1}")))

    def _agent(self, department_id: UUID, name: str, credit_code: str) -> URIRef:
        agent = URIRef(f"{self.origin}/catalog/departments/{department_id}")
        self._add(
            agent,
            (RDF.type, FOAF.Agent),
            (RDF.type, FOAF.Organization),
            (FOAF.name, _zh(name)),
            (DCTERMS.identifier, Literal(credit_code)),
        )
        return agent

    def _publisher(self, entry: PublishedEntry) -> URIRef:
        return self._agent(entry.provider_id, entry.provider_name, entry.provider_credit_code)

    def _contact(self, entry: PublishedEntry) -> URIRef:
        contact = URIRef(f"{self.origin}/catalog/departments/{entry.provider_id}#contact")
        self._add(
            contact,
            (RDF.type, VCARD.Kind),
            (RDF.type, VCARD.Organization),
            (VCARD.fn, _zh(entry.provider_name)),
            (VCARD.hasURL, URIRef(f"{self.origin}/parties/departments/{entry.provider_id}/")),
        )
        return contact

    def _scheme(self, address: str, title: str) -> URIRef:
        scheme = URIRef(address)
        language = "en" if title.isascii() else "zh"
        self._add(scheme, (RDF.type, SKOS.ConceptScheme), (DCTERMS.title, Literal(title, lang=language)))
        return scheme

    def _theme(self, classification: str) -> URIRef:
        concept = self._concept(f"{self.origin}/catalog/themes/{classification[:3] or '000'}")
        with translation.override("zh-hans"):
            category = category_of(classification)
            label = f"{category.group} · {category.label}" if category else classification
        self._add(concept, (SKOS.notation, Literal(classification[:3])))
        self.graph.set((concept, SKOS.prefLabel, _zh(label)))
        return concept

    def _concept(self, address: str) -> URIRef:
        concept, scheme = URIRef(address), address.rpartition("/")
        self._add(concept, (RDF.type, SKOS.Concept), (SKOS.inScheme, URIRef(scheme[0])))
        if (concept, SKOS.prefLabel, None) not in self.graph:
            self._add(concept, (SKOS.prefLabel, Literal(scheme[2], lang="en")))
        return concept

    def _rights(self, sharing_type: str, open_to_society: bool) -> URIRef:
        right = URIRef(vocabulary.access_right(sharing_type, open_to_society=open_to_society))
        self._add(right, (RDF.type, DCTERMS.RightsStatement))
        return right

    def _instrument(self, name: str) -> URIRef:
        address = URIRef(f"{self.origin}/rules/instruments/{name}/")
        self._add(address, (RDF.type, ELI.LegalResource), (DCTERMS.title, _zh(instrument(name).title.zh)))
        return address

    def _where_and_when(self, dataset: URIRef, entry: PublishedEntry) -> None:
        content = entry.content
        if content.area:
            place = BNode()
            self._add(dataset, (DCTERMS.spatial, place))
            self._add(place, (RDF.type, DCTERMS.Location), (LOCN.geographicName, _zh(content.area)))
        if content.period_from or content.period_to:
            period = BNode()
            self._add(dataset, (DCTERMS.temporal, period))
            self._add(period, (RDF.type, DCTERMS.PeriodOfTime))
            for name, day in ((DCAT.startDate, content.period_from), (DCAT.endDate, content.period_to)):
                if day:
                    self._add(period, (name, Literal(day.isoformat(), datatype=XSD.date)))

    def _terms(self, dataset: URIRef, entry: PublishedEntry) -> None:
        """On what terms it is shared, or on what basis it is withheld, in the provider's words."""
        content = entry.content
        basis = content.withholding
        said = [("不予共享", content.sharing_reason), ("依据", _statute(basis.statute)), ("条文", basis.text)]
        if content.sharing_type != "WITHHELD":
            said = [("共享条件", content.conditions), ("共享范围", content.scope), ("理由", content.sharing_reason)]
        text = "；".join(f"{name}：{value}" for name, value in said if value)
        if text:
            statement = BNode()
            self._add(dataset, (DCTERMS.rights, statement))
            self._add(statement, (RDF.type, DCTERMS.RightsStatement), (RDFS.label, _zh(text)))

    def _distribution(self, dataset: URIRef, entry: PublishedEntry, said: DistributionContent, number: int) -> None:
        """How it is delivered. It is reached through a request on the site, so the access address is the entry's own page."""
        distribution = URIRef(f"{dataset}#distribution-{said.id or number}")
        access = URIRef(f"{self.origin}/catalogue/resources/{entry.id}/")
        words = {"TABLE": "库表交换", "API": "接口", "FILE": "文件"}
        format_type = entry.content.format_type.upper()
        file_type = vocabulary.OF_KIND.get(said.kind) or vocabulary.FILE_TYPE.get(format_type, "")
        self._add(dataset, (DCAT.distribution, distribution))
        self._add(
            distribution,
            (RDF.type, DCAT.Distribution),
            (DCAT.accessURL, access),
            (DCTERMS.title, _zh(said.title or f"{entry.name}（{words.get(said.kind, said.kind)}）")),
            (DCTERMS.accessRights, self._rights(entry.content.sharing_type, entry.content.open_to_society)),
        )
        self._add(access, (RDF.type, RDFS.Resource))
        if said.description:
            self._add(distribution, (DCTERMS.description, _zh(said.description)))
        if file_type:
            self._add(distribution, (DCTERMS["format"], URIRef(file_type)))
            self._add(URIRef(file_type), (RDF.type, DCTERMS.MediaTypeOrExtent))
        if said.kind == "API":
            service = URIRef(f"{dataset}#service-{said.id or number}")
            self._add(distribution, (DCAT.accessService, service))
            self._add(
                service,
                (RDF.type, DCAT.DataService),
                (DCTERMS.title, _zh(said.title or entry.name)),
                (DCAT.endpointURL, URIRef(f"{self.origin}/x/")),
                (DCAT.servesDataset, dataset),
            )
            self._add(URIRef(f"{self.origin}/x/"), (RDF.type, RDFS.Resource))


def _statute(named: str) -> str:
    try:
        return rulebook.statute(UUID(named)).title
    except (ValueError, NotFound):
        return ""


def _zh(text: str) -> Literal:
    return Literal(text, lang="zh")


def _instant(at: object) -> Literal:
    return Literal(at, datatype=XSD.dateTime)
