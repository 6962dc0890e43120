"""Addresses of the catalogue; a version's address is for ever."""

from django.urls import path, register_converter

from gongxiang.platform.catalogue import queries
from gongxiang.platform.web import menu
from gongxiang.platform.web.catalogue import (
    views_compile,
    views_decide,
    views_editing,
    views_export,
    views_import,
    views_search,
    views_versions,
    views_words,
)


class CodeConverter:
    """A resource code: letters, digits and the separator between its two parts."""

    regex = "[1-3][0-9A-Z]+/[0-9A-Za-z]+"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(CodeConverter, "resource_code")
menu.COUNTS["catalogue:reviews"] = lambda actor: len(queries.waiting_for(actor))
menu.COUNTS["catalogue:ratifications"] = lambda actor: len(queries.waiting_for_ratification(actor))

urlpatterns = [
    path("", views_search.search, name="search"),
    path("entries/", views_compile.mine, name="mine"),
    path("entries/new/", views_compile.begin, name="begin"),
    path("entries/<uuid:resource_id>/", views_decide.entry, name="entry"),
    path("entries/<uuid:resource_id>/edit/", views_compile.edit, name="edit"),
    path("entries/<uuid:resource_id>/autosave/", views_compile.autosave, name="autosave"),
    path("entries/<uuid:resource_id>/rows/", views_compile.rows, name="rows"),
    path("entries/<uuid:resource_id>/send/", views_decide.send, name="send"),
    path("entries/<uuid:resource_id>/review/", views_decide.pass_review, name="pass_review"),
    path("entries/<uuid:resource_id>/consent/", views_decide.consent, name="consent"),
    path("entries/<uuid:resource_id>/submit/", views_decide.submit, name="submit"),
    path("entries/<uuid:resource_id>/return/", views_decide.send_back, name="return"),
    path("entries/<uuid:resource_id>/ratify/", views_decide.ratify, name="ratify"),
    path("entries/<uuid:resource_id>/exception/", views_decide.allow_lower_basis, name="allow_lower_basis"),
    path("entries/<uuid:resource_id>/publish/", views_decide.publish, name="publish"),
    path("entries/<uuid:resource_id>/revise/", views_decide.revise, name="revise"),
    path("entries/<uuid:resource_id>/discard/", views_decide.discard, name="discard"),
    path("entries/<uuid:resource_id>/withdraw/", views_decide.withdraw, name="withdraw"),
    path("copies/<uuid:copy_id>/", views_editing.copy, name="copy"),
    path("copies/<uuid:copy_id>/take/", views_editing.take_over, name="take_over"),
    path("copies/<uuid:copy_id>/aside/", views_editing.set_aside, name="set_aside"),
    path("entries/<uuid:resource_id>/editing/", views_editing.editing, name="editing"),
    path("imports/", views_import.imported, name="imports"),
    path("imports/send/", views_import.send, name="import_send"),
    path("imports/blank.xlsx", views_import.template, name="import_template"),
    path("imports/<uuid:import_id>/", views_import.one, name="import"),
    path("imports/<uuid:import_id>/progress/", views_import.progress, name="import_progress"),
    path("imports/<uuid:import_id>/annotated.xlsx", views_import.annotated, name="import_annotated"),
    path("imports/<uuid:import_id>/confirm/", views_import.confirm, name="import_confirm"),
    path("imports/<uuid:import_id>/cancel/", views_import.cancel, name="import_cancel"),
    path("imports/<uuid:import_id>/undo/", views_import.undo, name="import_undo"),
    path("exports/", views_export.mine, name="exports"),
    path("exports/ask/", views_export.ask, name="export_ask"),
    path("exports/<uuid:export_id>/", views_export.one, name="export"),
    path("exports/<uuid:export_id>/progress/", views_export.progress, name="export_progress"),
    path("exports/<uuid:export_id>/file/", views_export.file, name="export_file"),
    path("entries/export/<slug:kind>/", views_import.export_own, name="export_own"),
    path("reviews/", views_decide.reviews, name="reviews"),
    path("ratifications/", views_decide.ratifications, name="ratifications"),
    path("resources/<uuid:resource_id>/", views_search.resource, name="resource"),
    path("synonyms/", views_words.synonyms, name="synonyms"),
    path("synonyms/enter/", views_words.enter_synonyms, name="enter_synonyms"),
    path("synonyms/<uuid:group_id>/", views_words.change_synonyms, name="change_synonyms"),
    path("synonyms/<uuid:group_id>/end/", views_words.end_synonyms, name="end_synonyms"),
    path("searches/", views_words.saved, name="saved"),
    path("searches/keep/", views_words.save, name="save"),
    path("searches/<uuid:saved_search_id>/", views_words.change_saved, name="change_saved"),
    path("searches/<uuid:saved_search_id>/remove/", views_words.remove_saved, name="remove_saved"),
    path("<resource_code:code>/", views_search.resource_by_code, name="by_code"),
    path("<resource_code:code>/versions/", views_versions.versions, name="versions"),
    path("<resource_code:code>/versions/<int:number>/file/", views_versions.download, name="version_file"),
    path("<resource_code:code>/versions/<int:number>/", views_search.version, name="version"),
    path("<resource_code:code>/versions/<int:before>/compare/<int:after>/", views_search.compare, name="compare"),
]
