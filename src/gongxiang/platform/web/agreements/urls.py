"""Addresses of agreements."""

from django.urls import path

from gongxiang.platform.web.agreements import papers, texts, views

urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("text/", texts.template, name="template"),
    path("text/<int:number>/", texts.version, name="version"),
    path("departments/", texts.departments, name="departments"),
    path("<uuid:agreement_id>/text.pdf", papers.as_pdf, name="pdf"),
    path("<uuid:agreement_id>/text.docx", papers.as_word, name="word"),
    path("<uuid:agreement_id>/terms.jsonld", papers.as_odrl, name="odrl"),
    path("<uuid:agreement_id>/paper/", papers.issue, name="paper"),
    path("<uuid:agreement_id>/seal/", papers.seal, name="seal"),
    path("<uuid:agreement_id>/counterseal/", papers.counterseal, name="counterseal"),
    path("<uuid:agreement_id>/", views.detail, name="agreement"),
    path("<uuid:agreement_id>/revise/", views.revise, name="revise"),
    path("<uuid:agreement_id>/sign/", views.sign, name="sign"),
    path("<uuid:agreement_id>/countersign/", views.countersign, name="countersign"),
    path("<uuid:agreement_id>/return/", views.give_back, name="return"),
    path("<uuid:agreement_id>/end/", views.terminate, name="terminate"),
]
