"""What customers do, as journeys: of a WooCommerce shop, and of any shop whose places are known.

`{product}` is a feed: product IDs for WooCommerce (https://woocommerce.com/document/quick-guide-to-woocommerce-url-endpoints/
has the addresses), what the places of another shop want for it. Nothing is ordered.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from maintainer.checks.load import Journey, Step

Preset = Literal["woocommerce", "generic"]
Place = Literal["home", "shop", "search", "product", "add", "cart", "checkout"]
PLACES: tuple[str, ...] = get_args(Place)
THINK = 1.0

#: The cart is asked for at the Store API, which knows it with the blocks and without, with pretty permalinks and
#: without: https://developer.woocommerce.com/docs/apis/store-api/resources-endpoints/cart/
WOOCOMMERCE: Mapping[Place, Step] = {
    "home": Step("home", "/", think=THINK),
    "shop": Step("shop", "/shop/", think=THINK),
    "search": Step("search", "/?s={term}&post_type=product", think=THINK),
    "product": Step("product", "/?p={product}", think=THINK),
    "add": Step("add", "/?add-to-cart={product}", "POST", {"quantity": "1"}, think=THINK),
    "cart": Step(
        "cart",
        "/?rest_route=/wc/store/v1/cart",
        must=('"items_count":',),
        must_not=('"items_count":0',),
        think=THINK,
        cart=True,
    ),
    "checkout": Step("checkout", "/checkout/", must=("woocommerce-checkout",)),
}
GENERIC: Mapping[Place, Step] = {"home": Step("home", "/", think=THINK)}
PRESETS: Mapping[Preset, Mapping[Place, Step]] = {"woocommerce": WOOCOMMERCE, "generic": GENERIC}

#: The share of visitors that do each, in hundredths: most look, few buy.
SHARES: Mapping[str, tuple[float, tuple[Place, ...]]] = {
    "browse": (50, ("home", "shop", "product")),
    "search": (20, ("home", "search", "product")),
    "cart": (20, ("product", "add", "cart")),
    "checkout": (10, ("product", "add", "cart", "checkout")),
}


def journeys(preset: Preset, places: Mapping[Place, Step]) -> tuple[Journey, ...]:
    """The preset's journeys through its places and those given, which go before; a place nobody knows is left out."""
    known: dict[Place, Step] = {**PRESETS[preset], **places}
    made = []
    for name, (weight, path) in SHARES.items():
        steps = tuple(known[place] for place in path if place in known)
        buys = name in ("cart", "checkout")
        if steps and not (buys and not {"add", "cart"} <= known.keys()):
            made.append(Journey(name, steps, weight))
    return tuple(made)
