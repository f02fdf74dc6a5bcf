"""What may show a fault first after a release, by what its parts are for.

    watch(moved) -> tuple[Watch, ...]

A part's use is told by the words of its name in its directory or registry. What only developers use shows nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from maintainer.changes import Source
from maintainer.releasing import Moved, Sign, Watch

_SIGNS: Sequence[Sign] = get_args(Sign)

#: The shop itself: WooCommerce, and what other shops are built on.
_SHOP = re.compile(
    r"woocommerce|@?evershop/evershop|@medusajs/(?:medusa|framework)|magento/(?:product|project)-(?:community|enterprise)-edition"
    r"|prestashop/prestashop|shopware/(?:core|platform|storefront)|sylius/sylius|easy-digital-downloads|surecart"
)
#: Words of names, each between hyphens, slashes, dots or underscores.
_WORDS: Sequence[tuple[str, tuple[Sign, ...]]] = (
    # Providers of payments, by the names of their plugins and libraries; whatever calls itself a gateway is one, too.
    (
        r"gateways?|payments?|pay(?:u|pal|mill|one|trail|stack|now|lane)|przelewy24|p24|tpay|blik|dotpay|hotpay|imoje|paynow"
        r"|cashbill|espago|stripe|mollie|adyen|klarna|braintree|square|authorize|authnet|worldpay|razorpay|mercadopago"
        r"|redsys|sumup|opayo|sagepay|gocardless|twispay|comgate|gopay|barion|viva|afterpay|clearpay|affirm|alma|amazon-pay"
        r"|google-pay|apple-pay|woopayments|checkout-com|payplug|payum|omnipay|installments",
        ("payments",),
    ),
    (r"subscriptions?|pre-orders|deposits|memberships?|bookings?", ("orders", "payments")),
    (r"cart|checkout|orders?|invoices?|pdf-invoices", ("orders",)),
    (r"tax(?:es|jar|amo)?|avatax|avalara|vat|quaderno", ("taxes",)),
    (
        r"shipping|shipments?|couriers?|delivery|inpost|paczkomaty|easypack|dhl|dpd|gls|ups|usps|fedex|poczta|pocztex|orlen"
        r"|furgonetka|apaczka|packeta|zasilkovna|sendcloud|shipstation|easypost|flexible-shipping|epaka|baselinker|omniva",
        ("shipping",),
    ),
    (
        r"smtp|mail(?:er|chimp|poet|gun|jet|erlite)?|emails?|e-mails?|newsletters?|sendgrid|postmark|brevo|sendinblue"
        r"|nodemailer|phpmailer|freshmail|getresponse|klaviyo",
        ("mail",),
    ),
    (
        r"cach(?:e|ing)|w3-total-cache|rocket|litespeed|autoptimize|minify|optimi[sz](?:e|er|ation)|perfmatters|cdn|redis"
        r"|memcached?|varnish|lazy(?:-?load)?|smush|imagify|shortpixel|ewww|webp|avif|images?|thumbnails|imagick|sharp"
        r"|cloudflare|nginx|httpd|apache|caddy|traefik|haproxy",
        ("speed", "errors"),
    ),
    (r"mysql|mariadb|postgres(?:ql)?|percona|mongo(?:db)?", ("speed", "errors")),
    (
        r"(?:fibo|elastic|instant|open)?search(?:wp)?|relevanssi|algolia|elasticpress|meilisearch|typesense|solr",
        ("search",),
    ),
    (r"(?:wp|gravity|fluent)?forms?|formidable|forminator|(?:re|h)?captcha|turnstile", ("forms",)),
)
_KNOWN = tuple((re.compile(rf"(?:^|[-_./@:])(?:{words})(?=$|[-_./:\d])"), signs) for words, signs in _WORDS)


def watch(moved: Iterable[Moved]) -> tuple[Watch, ...]:
    """Each sign with each part that may show it, in the order of `Sign`; a part that moved twice with both sources."""
    found: dict[tuple[Sign, str], dict[Source, None]] = {}
    for one in moved:
        for sign in () if one.development else dict.fromkeys(_signs(one)):
            found.setdefault((sign, one.name), {}).update(dict.fromkeys(one.sources))
    ordered = sorted(found.items(), key=lambda each: _SIGNS.index(each[0][0]))
    return tuple(Watch(sign, name, tuple(sources)) for (sign, name), sources in ordered)


def _signs(moved: Moved) -> Iterator[Sign]:
    name = moved.package.rpartition(":")[2].casefold()
    name = re.sub(r"^(?:wpackagist|wp)-(?:plugin|theme)/", "", name)
    small = moved.bump in ("patch", "digest")
    if moved.part == "runtime":
        yield from ("speed", "errors")
    elif moved.part == "core":
        yield "errors"
        if not small:
            yield "speed"
    elif moved.part == "theme":
        yield "speed"
    elif _SHOP.fullmatch(name):
        yield "orders"
        if not small:
            yield "payments"
        if not small and moved.bump != "minor":
            yield "taxes"
    else:
        for words, signs in _KNOWN:
            if words.search(name):
                yield from signs
