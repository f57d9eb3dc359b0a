"""Tells customers the code of their parcel by a call of Innocalls, and takes the reports."""

import httpx
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from shop.models import Parcel


@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    parcel = Parcel.objects.create(phone=request.POST["phone"])
    webhook = f"{settings.OWN_ORIGIN}/parcels/{parcel.pk}/report"  # so the report says whose it is
    reply = httpx.post(
        f"{settings.INNOCALLS}/api/v1/call",
        headers={"Authorization": f"Bearer {settings.INNOCALLS_TOKEN}"},
        data={"phone": parcel.phone, "number_1": "1234", "number_2": "5678", "webhook": webhook},
    )
    if reply.is_error:
        Parcel.objects.filter(pk=parcel.pk).update(outcome="refused")
    return JsonResponse({"parcel": parcel.pk}, status=502 if reply.is_error else 202)


@require_GET
def report(request: HttpRequest, parcel: int) -> HttpResponse:
    changes = {
        "GetDigits": {"key": request.GET.get("clicked", "")},
        "CDR": {"outcome": request.GET.get("disposition", "").lower()},
    }
    changed = Parcel.objects.filter(pk=parcel).update(**changes[request.GET["action"]])
    return HttpResponse(status=200 if changed else 404)


urlpatterns = [path("parcels", tell), path("parcels/<int:parcel>/report", report)]
