"""Addresses of documents; the address of a verification code is printed on paper and stays for ever."""

from django.urls import path

from gongxiang.platform.web.documents import views

urlpatterns = [
    path("", views.issued, name="list"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
    path("<uuid:document_id>/", views.document, name="document"),
    path("<uuid:document_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:document_id>/document.pdf", views.as_pdf, name="pdf"),
    path("<uuid:document_id>/document.docx", views.as_word, name="word"),
    path("uploads/<uuid:upload_id>/", views.upload, name="upload"),
]
