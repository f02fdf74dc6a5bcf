# mypy: ignore-errors
"""Oscar's pages, and the little API that the shop's own systems ask."""

import json
from decimal import Decimal

from django.apps import apps
from django.http import JsonResponse
from django.urls import include, path
from oscar.apps.order.models import Order
from oscar.apps.partner.models import StockRecord


def orders(request):
    """The orders of a guest's e-mail address, for whoever has the token."""
    if request.headers.get("Authorization") != "Bearer shop-token-1":
        return JsonResponse({"error": "who are you?"}, status=401)
    found = Order.objects.filter(shipping_address__first_name=request.GET["first_name"]).order_by("-id")
    return JsonResponse(
        {"orders": [{"number": one.number, "status": one.status, "total": str(one.total_incl_tax)} for one in found]}
    )


def stock(request):
    """How many mugs there are to sell; a POST of JSON sets `num_in_stock`."""
    if request.method == "POST":
        StockRecord.objects.filter(partner_sku="mug").update(**json.loads(request.body), num_allocated=0)
    return JsonResponse(
        {"net": StockRecord.objects.get(partner_sku="mug").net_stock_level, "price": str(Decimal("24.00"))}
    )


stock.csrf_exempt = True
urlpatterns = [
    path("api/orders/", orders),
    path("api/stock/", stock),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
