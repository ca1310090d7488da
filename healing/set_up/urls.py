from django.urls import path

from healing.set_up import forms, people_pages, site_pages
from healing.set_up.site_pages import SitePart

urlpatterns = [
    path("set-up/", site_pages.Overview.as_view(), name="site_set_up"),
    path("set-up/look/", SitePart.as_view(form_class=forms.LookForm), name="site_look"),
    path("set-up/reach/", SitePart.as_view(form_class=forms.ReachForm), name="site_reach"),
    path("set-up/other-help/", SitePart.as_view(form_class=forms.OtherHelpForm), name="site_other_help"),
    path("set-up/address/", SitePart.as_view(form_class=forms.AddressForm), name="site_address"),
    path("set-up/time/", SitePart.as_view(form_class=forms.TimeForm), name="site_time"),
    path("set-up/clocks/", SitePart.as_view(form_class=forms.ClocksForm), name="site_clocks"),
    path("set-up/keeping/", SitePart.as_view(form_class=forms.KeepingForm), name="site_keeping"),
    path("set-up/days-off/", site_pages.Holidays.as_view(), name="site_holidays"),
    path("set-up/days-off/<int:holiday>/remove/", site_pages.RemoveHoliday.as_view(), name="site_holiday_remove"),
    path("set-up/legal-notices/", site_pages.LegalNotices.as_view(), name="site_notices"),
    path("people/", people_pages.People.as_view(), name="people"),
    path("people/new/", people_pages.NewColleague.as_view(), name="colleague_new"),
    path("people/<uuid:person>/", people_pages.ColleagueRoles.as_view(), name="colleague"),
    path("people/<uuid:person>/roles/new/", people_pages.GiveRole.as_view(), name="role_give"),
    path("people/roles/<uuid:held>/end/", people_pages.EndRole.as_view(), name="role_end"),
]
