"""Addresses of documents; the address of a verification code is printed on paper and stays for ever."""

from django.urls import path

from gongxiang.platform.web.documents import library, views

urlpatterns = [
    path("", views.issued, name="list"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
    path("<uuid:document_id>/", views.document, name="document"),
    path("<uuid:document_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:document_id>/document.pdf", views.as_pdf, name="pdf"),
    path("<uuid:document_id>/document.docx", views.as_word, name="word"),
    path("rules/", library.rules, name="rules"),
    path("rules/new/", library.rule_new, name="rule_new"),
    path("rules/<uuid:rule_id>/", library.rule, name="rule"),
    path("rules/<uuid:rule_id>/version/", library.rule_version, name="rule_version"),
    path("rules/<uuid:rule_id>/end/", library.rule_end, name="rule_end"),
    path("rules/versions/<uuid:version_id>/read/", library.rule_read, name="rule_read"),
    path("rules/versions/<uuid:version_id>/file/", library.rule_file, name="rule_file"),
    path("uploads/<uuid:upload_id>/", views.upload, name="upload"),
]
