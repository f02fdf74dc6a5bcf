"""Names of the files in WordPress' language packs, which lie beside those of other packages in one folder.

    locale("woocommerce", "woocommerce-pl_PL.mo") -> "pl_PL"
    locale("", "admin-network-de_DE_formal.l10n.php") -> "de_DE_formal"

Source: `load_textdomain`, `load_script_textdomain` and `wp_get_installed_translations` of WordPress.
"""

import re
from functools import lru_cache

#: WordPress itself comes in four parts.
_CORE = r"(?:admin-network-|admin-|continents-cities-)?"
_REST = (
    r"(?P<locale>[a-z]{2,3}(?:_[A-Z]{2})?(?:_[a-z0-9]{2,20})?)"
    r"(?:\.mo|\.po|\.l10n\.php|(?:-[0-9a-f]{32})?\.json)"
)


def locale(package: str, name: str) -> str:
    """The locale of a file of the package's language pack, empty for any other file; no package is WordPress itself."""
    found = _pattern(package).fullmatch(name)
    return found["locale"] if found else ""


@lru_cache(maxsize=256)
def _pattern(package: str) -> re.Pattern[str]:
    return re.compile((f"{re.escape(package)}-" if package else _CORE) + _REST)
