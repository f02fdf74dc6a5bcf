# mypy: ignore-errors
"""Fills an empty shop: a mug for £20 and 20 % VAT, ten of them, a voucher, a customer and someone who runs the shop."""

from datetime import UTC, datetime
from decimal import Decimal

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from oscar.apps.address.models import Country  # noqa: E402
from oscar.apps.catalogue.models import Category, Product, ProductCategory, ProductClass  # noqa: E402
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range  # noqa: E402
from oscar.apps.partner.models import Partner, StockRecord  # noqa: E402
from oscar.apps.voucher.models import Voucher  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
Country.objects.create(
    iso_3166_1_a2="GB", iso_3166_1_a3="GBR", iso_3166_1_numeric="826", name="United Kingdom",
    printable_name="United Kingdom", is_shipping_country=True,
)  # fmt: skip
mugs = Category.add_root(name="Mugs", slug="mugs")
kind = ProductClass.objects.create(name="Mug", track_stock=True, requires_shipping=True)
for title, slug, count in (("Blue mug", "mug", 10), ("Sold out mug", "sold-out", 0)):
    product = Product.objects.create(structure="standalone", title=title, slug=slug, product_class=kind, upc=slug)
    ProductCategory.objects.create(product=product, category=mugs)
    StockRecord.objects.create(
        product=product,
        partner=Partner.objects.get_or_create(name="Pottery")[0],
        partner_sku=slug,
        price=Decimal("20.00"),
        price_currency="GBP",
        num_in_stock=count,
    )
everything = Range.objects.create(name="All", includes_all_products=True)
offer = ConditionalOffer.objects.create(
    name="A tenth off",
    offer_type=ConditionalOffer.VOUCHER,
    benefit=Benefit.objects.create(range=everything, type=Benefit.PERCENTAGE, value=10),
    condition=Condition.objects.create(range=everything, type=Condition.COUNT, value=1),
)
voucher = Voucher.objects.create(
    name="A tenth",
    code="TENTH",
    usage=Voucher.MULTI_USE,
    start_datetime=datetime(2020, 1, 1, tzinfo=UTC),
    end_datetime=datetime(2099, 1, 1, tzinfo=UTC),
)
voucher.offers.add(offer)
User = get_user_model()
User.objects.create_user("ada", "ada@shop.example", "pass-word-1", first_name="Ada", last_name="Lovelace")
User.objects.create_superuser("boss", "boss@shop.example", "boss-word-1")
