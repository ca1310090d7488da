"""The coordinator's side of peer support: rota, supporters, units, posters, numbers. None leads to a request."""

from django.urls import path

from support.views import rota, supporters, units, waits

urlpatterns = [
    path("rota/", rota.Rota.as_view(), name="support_rota"),
    path("rota/shifts/new/", rota.ShiftNew.as_view(), name="support_shift_new"),
    path("rota/shifts/<uuid:shift>/remove/", rota.ShiftRemove.as_view(), name="support_shift_remove"),
    path("rota/copy/", rota.WeekCopy.as_view(), name="support_week_copy"),
    path("rota/copy/back/", rota.WeekUncopy.as_view(), name="support_week_uncopy"),
    path("supporters/", supporters.Supporters.as_view(), name="support_supporters"),
    path("supporters/new/", supporters.SupporterNew.as_view(), name="support_supporter_new"),
    path("supporters/<uuid:supporter>/", supporters.SupporterRecord.as_view(), name="support_supporter"),
    path("supporters/<uuid:supporter>/end/", supporters.SupporterEnd.as_view(), name="support_supporter_end"),
    path(
        "supporters/<uuid:supporter>/training/new/",
        supporters.CompetenceNew.as_view(),
        name="support_competence_new",
    ),
    path(
        "supporters/<uuid:supporter>/training/<uuid:competence>/remove/",
        supporters.CompetenceRemove.as_view(),
        name="support_competence_remove",
    ),
    path("units/", units.Units.as_view(), name="support_units"),
    path("units/new/", units.UnitNew.as_view(), name="support_unit_new"),
    path("units/<uuid:unit>/", units.UnitEdit.as_view(), name="support_unit"),
    path("units/<uuid:unit>/close/", units.UnitClose.as_view(), name="support_unit_close"),
    path("units/<uuid:unit>/poster/", units.Poster.as_view(), name="support_poster"),
    path("posters/", units.Posters.as_view(), name="support_posters"),
    path("waits/", waits.Waits.as_view(), name="support_waits"),
]
