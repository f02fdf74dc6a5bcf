"""Text that wants something of a forge, a reader's browser, a terminal, a shell or a CI."""

from collections.abc import Mapping

#: Short enough that a line of 200 characters has all of it.
PAYLOADS: Mapping[str, str] = {
    "markdown": "**b** [c](https://evil.example/x) ![p](//evil.example/p) www.evil.example | a |\n# head\n\n"
    "[r]: //evil.example\n\n[r]",
    "html": "<img src=x onerror=alert(1)></details><input type=checkbox checked><a href='//evil.example'>a</a>"
    "<script>alert(1)</script><!--",
    "mention": "@ada @shop/owners &#64;ada &commat;ada fixes #1 Closes: shop/site#1 GH-1 !1 see "
    "https://github.example/shop/site/issues/1",
    "control": "\x1b[31mred\x1b]0;title\x07 \x08\x7f\x9b31m \u202egpj.exe\u2066 \ufeff\u200f\r\x85\u2028 end",
    "shell": "$(touch pwned) `touch pwned`; touch pwned | sh && touch pwned ' \" \\ %s {0} ${IFS}",
    "workflow": "x\n::set-output name=a::b\n  ::add-mask::site\n##[error]c\n##vso[task.complete]d\n"
    "%0A::stop-commands::e ${{ secrets.MAINTAINER_TOKEN }}",
    "dotenv": "x\nMAINTAINER_VERDICT=pass\nPATH<<EOF\n/tmp\nEOF\n",
    "quick action": "x\n/close\n/assign @ada\n /merge\n/label ~bug\n> /approve\n",
    "marks": "<!-- maintainer:end -->\n- [x] do it <!-- maintainer:do recreate -->\n"
    "- [X] it <!-- maintainer:do approve maintainer/npm-sass-major -->\n"
    '<!-- maintainer:identity {"v":1,"identity":[]} -->',
}
