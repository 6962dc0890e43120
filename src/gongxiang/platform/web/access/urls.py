"""Addresses of the pages of access requests."""

from django.urls import path

from gongxiang.platform.web.access import answering, batches, combinations, extending, renewing, talking, todos, views
from gongxiang.platform.web.menu import COUNTS

COUNTS.update(todos.COUNTED)

urlpatterns = [
    path("", views.mine, name="mine"),
    path("consents/", views.consents, name="consents"),
    path("replies/", views.replies, name="replies"),
    path("mediations/", views.mediations, name="mediations"),
    path("replies/several/", batches.prepare_many, name="prepare_many"),
    path("consents/several/", batches.give_many, name="give_many"),
    path("combinations/", combinations.combinations, name="combinations"),
    path("combinations/<uuid:combination_id>/end/", combinations.end_combination, name="end_combination"),
    path("renew/<uuid:grant_id>/", renewing.renew, name="renew"),
    path("new/<uuid:resource_id>/", views.apply, name="apply"),
    path("<uuid:access_request_id>/", views.detail, name="detail"),
    path("<uuid:access_request_id>/edit/", views.edit, name="edit"),
    path("<uuid:access_request_id>/save/", views.save, name="save"),
    path("<uuid:access_request_id>/consent/", views.consent, name="consent"),
    path("<uuid:access_request_id>/send-back/", views.send_back, name="send_back"),
    path("<uuid:access_request_id>/submit/", views.submit, name="submit"),
    path("<uuid:access_request_id>/complete/", views.complete, name="complete"),
    path("<uuid:access_request_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:access_request_id>/copy/", renewing.copy, name="copy"),
    path("<uuid:access_request_id>/messages/", talking.thread, name="thread"),
    path("<uuid:access_request_id>/files/", talking.attach, name="attach"),
    path("<uuid:access_request_id>/files/<uuid:upload_id>/", talking.file, name="file"),
    path("<uuid:access_request_id>/files/<uuid:upload_id>/leave-out/", talking.detach, name="detach"),
    path("<uuid:access_request_id>/notice/", answering.notice, name="notice"),
    path("extensions/<uuid:extension_id>/", extending.case_of, name="extension"),
    path("<uuid:access_request_id>/extension/", extending.extend, name="extend"),
    path("<uuid:access_request_id>/extension/answer/", extending.answer_extension, name="answer_extension"),
    path("<uuid:access_request_id>/reply/", answering.reply, name="reply"),
    path("<uuid:access_request_id>/reply/preview/", answering.preview, name="preview"),
    path("<uuid:access_request_id>/reply/give/", answering.give, name="give"),
    path("<uuid:access_request_id>/reply/return/", answering.give_back, name="give_back"),
]
