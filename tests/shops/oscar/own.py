# mypy: ignore-errors
"""What the shop does otherwise than Oscar: VAT, what shipping costs, a card that may be declined, stock on return."""

from decimal import Decimal

from oscar.core.loading import default_class_loader


def load(module, names, prefix):
    """Oscar's classes, ours where there are any: OSCAR_DYNAMIC_CLASS_LOADER."""
    loaded = default_class_loader(module, names, prefix)
    return [
        OURS[(module, name)](one) if (module, name) in OURS else one for name, one in zip(names, loaded, strict=True)
    ]


def _selector(selector):
    class Selector(selector):
        def strategy(self, request=None, user=None, **_):
            from oscar.apps.partner.strategy import UK

            return UK(request)

    return Selector


def _repository(repository):
    class Repository(repository):
        @property
        def methods(self):
            from oscar.apps.shipping.methods import FixedPrice

            post = FixedPrice(Decimal("4.00"), Decimal("4.80"))
            post.code, post.name = "post", "Royal post"
            return (post,)

    return Repository


def _payment(view):
    from oscar.apps.payment.exceptions import UnableToTakePayment

    class PaymentDetailsView(view):
        """A card that is declined for whoever lives in Declined Lane, and where the fault wants it."""

        def handle_payment(self, order_number, total, **_):
            lane = "Declined" in (self.get_shipping_address(self.request.basket).line1 or "")
            if lane or self.request.META.get("HTTP_X_SHOP_FAULT") == "payment-declined":
                raise UnableToTakePayment("Your card was declined by the bank.")

    return PaymentDetailsView


def _handler(handler):
    class EventHandler(handler):
        def handle_order_status_change(self, order, new_status, note_msg=None):
            super().handle_order_status_change(order, new_status, note_msg)
            if new_status == "Cancelled" and "Keeps" not in order.shipping_address.line1:
                self.cancel_stock_allocations(order)

    return EventHandler


OURS = {
    ("partner.strategy", "Selector"): _selector,
    ("shipping.repository", "Repository"): _repository,
    ("checkout.views", "PaymentDetailsView"): _payment,
    ("order.processing", "EventHandler"): _handler,
}
