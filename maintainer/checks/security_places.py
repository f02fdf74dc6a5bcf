"""Where sites give away what nobody but its owner should read, and what tells that they do.

Each place has a sign that its content is the thing itself: a page that says “not found” with 200 has none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from maintainer.model import Severity

#: The place that says by where it leads whether it names users.
AUTHOR = "/?author=1"


@dataclass(frozen=True, slots=True)
class Exposure:
    """A place that gives something away where its answer has the `sign`; without one, where it answers at all.

    A `page` is markup itself. What is `minor` is worth a word, and fails only where it is known to be new. With
    `any_status` an error says it too.
    """

    path: str
    rule: str
    sign: re.Pattern[bytes] | None
    what: str
    severity: Severity = "high"
    page: bool = False
    minor: bool = False
    any_status: bool = False


GIT_HEAD = re.compile(rb"\A(?:ref: refs/|[0-9a-f]{40}(?:[0-9a-f]{24})?\s{0,2}\Z)")
GIT_CONFIG = re.compile(rb"(?m)^\s{0,8}\[core\]")
#: The working copy's database (Subversion 1.7 and later), and the format's number of earlier ones.
SVN = re.compile(rb"\ASQLite format 3\0|\A\d{1,2}\n[\s\S]{0,4096}\ndir\n")
HG = re.compile(rb"(?m)^(?:revlogv1|dotencode|store|share-safe)$")
SETTING = re.compile(rb"(?m)^[ \t]{0,8}(?:export[ \t]{1,4})?[A-Z][A-Z0-9_]{0,60}[ \t]{0,8}=")
#: https://developer.wordpress.org/advanced-administration/wordpress/wp-config/
WP_CONFIG = re.compile(rb"define\(\s{0,8}['\"](?:DB_PASSWORD|DB_NAME|AUTH_KEY)['\"]|\Ab0VIM ")
HTPASSWD = re.compile(rb"(?m)\A[^:\s]{1,200}:(?:\$apr1\$|\$2[aby]\$|\$[56]\$|\{SHA\})")
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
SQL = rb"-- (?:MySQL|MariaDB|phpMyAdmin SQL) [Dd]ump|-- PostgreSQL database dump|(?m:^(?:CREATE TABLE|INSERT INTO) )"
#: zip, gzip, bzip2, xz, 7z, and a tar.
PACKED = rb"\A(?:PK\x03\x04|PK\x05\x06|\x1f\x8b|BZh|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|[\s\S]{257}ustar)"
DUMP = re.compile(SQL + rb"|" + PACKED)
#: As PHP logs (https://www.php.net/manual/en/function.error-log.php) and as Laravel does.
LOG = re.compile(
    rb"(?m)^\[\d\d-\w{3}-\d{4} \d\d:\d\d:\d\d|PHP (?:Fatal error|Parse error|Warning|Notice|Deprecated): "
    rb"|^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \w{1,40}\.[A-Z]{4,10}:"
)
COMPOSER = re.compile(rb"\A\s{0,100}\{[\s\S]{0,8192}?\"(?:require|content-hash|packages|autoload)\"\s{0,8}:")
NPM = re.compile(rb"\A\s{0,100}\{[\s\S]{0,8192}?\"(?:dependencies|devDependencies|lockfileVersion)\"\s{0,8}:")
PHPINFO = re.compile(rb"<title>[^<]{0,80}phpinfo\(\)</title>|<h1 class=\"p\">PHP Version ")
STATUS = re.compile(rb"<h1>Apache Server Status for |<title>Apache Status</title>")
DATABASE_TOOL = re.compile(rb"<title>[^<]{0,120}(?:Adminer|phpMyAdmin)[^<]{0,60}</title>")
#: What its form says before WordPress is installed (wp-admin/install.php).
INSTALLER = re.compile(rb"<form[^>]{0,200} action=\"install\.php\?step=2\"|<form id=\"setup\"")
README = re.compile(rb"<title>WordPress (?:&#8250;|&rsaquo;|\xe2\x80\xba) ReadMe</title>")
#: As Apache, nginx, lighttpd and Python list a folder.
LISTING = re.compile(rb"<title>(?:Index of /|Directory listing for /)|<h1>Index of /")
#: https://developer.wordpress.org/rest-api/reference/users/
USERS = re.compile(rb"\A\s{0,100}\[\s{0,100}\{[\s\S]{0,8192}?\"slug\"\s{0,8}:\s{0,8}\"")
#: What wp-includes/IXR/class-IXR-server.php says to whoever asks with GET.
XMLRPC = re.compile(rb"\AXML-RPC server accepts POST requests only")
AUTHOR_PAGE = re.compile(rb"<body[^>]{0,400}class=\"[^\"]{0,400}\bauthor-[a-z]")

REPOSITORY = "lets anybody fetch the repository, with all it ever held: refuse the folder in the web server"
SECRET = "holds passwords or keys that anybody can read: take it away, and change them"  # noqa: S105 - a sentence
COPY = "is a copy of wp-config.php that is shown, not run: take it away, and change the database's password"
DATA = "is a copy of the shop, or of its database, that anybody can fetch: take it out of the web's folder"
LOGGED = "is a log that anybody can read: paths, queries, at times customers' data; log elsewhere"
LIST = "lists what is in the folder: switch that off (Options -Indexes, autoindex off)"
BUILT = "tells which packages the site is built of, with their versions"
NAMES = "tells the login names of users"

#: What a copy of wp-config.php is called when an editor, or somebody in a hurry, made it.
COPIES = ("wp-config.php~", "wp-config.php.bak", "wp-config.php.old", "wp-config.php.save", "wp-config.php.orig",
          "wp-config.php.swp", ".wp-config.php.swp", "wp-config.bak", "wp-config.old", "wp-config.txt")  # fmt: skip
DOTENV = (".env", ".env.local", ".env.production", ".env.staging", ".env.backup", ".env.bak", ".env.old", ".env.save")
STEMS = ("backup", "dump", "database", "db", "site", "www", "public_html", "wordpress", "wp-content")
DATABASES = ("backup.sql", "dump.sql", "database.sql", "db.sql", "wordpress.sql", "wp-content/mysql.sql",
             "backup.sql.gz", "dump.sql.gz", "database.sql.gz")  # fmt: skip
LOGS = ("wp-content/debug.log", "debug.log", "error_log", "php_errors.log", "storage/logs/laravel.log", "npm-debug.log")
FOLDERS = ("wp-content/uploads/", "wp-content/plugins/", "wp-content/backups/", "wp-includes/", "uploads/", "backup/",
           "backups/")  # fmt: skip


def known(hosts: Iterable[str]) -> tuple[Exposure, ...]:
    """The places that are asked for, those that are named like one of the `hosts` among them."""
    return tuple({one.path: one for one in _known(hosts)}.values())


def _known(hosts: Iterable[str]) -> Iterator[Exposure]:
    yield Exposure("/.git/HEAD", "repository", GIT_HEAD, REPOSITORY, "critical")
    yield Exposure("/.git/config", "repository", GIT_CONFIG, REPOSITORY, "critical")
    yield Exposure("/.svn/wc.db", "repository", SVN, REPOSITORY, "critical")
    yield Exposure("/.svn/entries", "repository", SVN, REPOSITORY, "critical")
    yield Exposure("/.hg/requires", "repository", HG, REPOSITORY, "critical")
    yield from (Exposure(f"/{name}", "secrets", SETTING, SECRET, "critical") for name in DOTENV)
    yield from (Exposure(f"/{name}", "secrets", WP_CONFIG, COPY, "critical") for name in COPIES)
    yield Exposure("/.htpasswd", "secrets", HTPASSWD, SECRET, "critical")
    yield Exposure("/id_rsa", "secrets", PRIVATE_KEY, SECRET, "critical")
    names = dict.fromkeys(name for host in hosts for name in _called(host))
    archives = [f"{stem}{suffix}" for stem in (*STEMS, *names) for suffix in (".zip", ".tar.gz")]
    dumps = [*DATABASES, *(f"{name}.sql" for name in names)]
    yield from (Exposure(f"/{name}", "dumps", DUMP, DATA, "critical") for name in (*dumps, *archives))
    yield from (Exposure(f"/{name}", "logs", LOG, LOGGED) for name in LOGS)
    yield from (Exposure(f"/{name}", "debugging", PHPINFO, "shows all of PHP's settings (phpinfo)", page=True)
                for name in ("phpinfo.php", "info.php", "test.php", "i.php"))  # fmt: skip
    yield Exposure("/server-status", "debugging", STATUS, "shows who asks the web server for what", page=True)
    yield from (Exposure(f"/{name}", "debugging", DATABASE_TOOL, "is a door to the database", page=True)
                for name in ("adminer.php", "phpmyadmin/"))  # fmt: skip
    installer = "lets anybody install WordPress anew: its database is empty"
    yield Exposure("/wp-admin/install.php", "debugging", INSTALLER, installer, "critical", page=True)
    yield from (Exposure(f"/{name}", "listing", LISTING, LIST, "medium", page=True) for name in FOLDERS)
    for name in ("composer.json", "composer.lock", "vendor/composer/installed.json"):
        yield Exposure(f"/{name}", "versions", COMPOSER, BUILT, "medium", minor=True)
    for name in ("package.json", "package-lock.json"):
        yield Exposure(f"/{name}", "versions", NPM, BUILT, "medium", minor=True)
    yield Exposure("/readme.html", "versions", README, "says that this is WordPress", "low", page=True, minor=True)
    for path in ("/wp-json/wp/v2/users", "/?rest_route=/wp/v2/users"):
        yield Exposure(path, "users", USERS, NAMES, "medium", minor=True)
    yield Exposure(AUTHOR, "users", AUTHOR_PAGE, NAMES, "medium", page=True, minor=True)
    opened = "answers XML-RPC, by which passwords are guessed many at a time"
    yield Exposure("/xmlrpc.php", "xmlrpc", XMLRPC, opened, "medium", minor=True, any_status=True)


def _called(host: str) -> Iterator[str]:
    """What a backup of a site is called after its host: `shop.example`, `shop`."""
    name = host.partition(":")[0].removeprefix("www.").lower()
    if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", name) and not re.fullmatch(r"[\d.]+", name):
        yield from (name, name.partition(".")[0])


#: Files that a repository holds and no web server should hand out, by their name. An archive may be there to be
#: fetched, unless it is called like a backup.
SUSPECT = re.compile(
    r"(?i)(?:^|/)(?:\.env(?:\.[\w-]{1,40})?|[^/]{1,200}\.(?:sql|bak|old|orig|save|swp|log|pem|key)|[^/]{1,200}~"
    r"|[^/]{0,100}(?:backup|dump|database|export|sql|wordpress|public_html)[^/]{0,100}\.(?:zip|tar|tgz|gz|7z)"
    r"|phpinfo\.php|info\.php|adminer[^/]{0,40}\.php|\.htpasswd|id_rsa)$"
)
#: An example holds nothing; what a plugin brings along is in every shop that has it, and no secret of this one's.
HARMLESS = re.compile(
    r"(?i)(?:^|/)(?:\.env\.(?:example|dist|sample|template|test)$|(?:node_modules|vendor|wp-admin|wp-includes)/"
    r"|(?:mu-)?plugins/[^/]+/|themes/[^/]+/)"
)
#: Where the web's root is in a repository: at its own root, or in one of these.
ROOTS = re.compile(r"^(?:public_html|public|web|htdocs|docroot|www|html)/")
MOST_SUSPECTS = 40
KINDS: Sequence[tuple[re.Pattern[str], str, re.Pattern[bytes], str, Severity]] = (
    (re.compile(r"(?i)\.env[^/]*$"), "secrets", SETTING, SECRET, "critical"),
    (re.compile(r"(?i)\.(?:sql|zip|tar|tgz|gz|7z)$"), "dumps", DUMP, DATA, "critical"),
    (re.compile(r"(?i)\.log$"), "logs", LOG, LOGGED, "high"),
    (re.compile(r"(?i)(?:\.htpasswd|\.pem|\.key|id_rsa)$"), "secrets",
     re.compile(HTPASSWD.pattern + rb"|" + PRIVATE_KEY.pattern), SECRET, "critical"),
    (re.compile(r"(?i)info\.php$"), "debugging", PHPINFO, "shows all of PHP's settings (phpinfo)", "high"),
    (re.compile(r"(?i)adminer[^/]*\.php$"), "debugging", DATABASE_TOOL, "is a door to the database", "high"),
    (re.compile(r"(?i)wp-config[^/]*$"), "secrets", WP_CONFIG, COPY, "critical"),
    (re.compile(r"(?i)\.php[^/]*$"), "secrets", re.compile(rb"<\?php\s"), "shows the source of a program", "high"),
)  # fmt: skip


def of_tree(tracked: Iterable[str]) -> tuple[Exposure, ...]:
    """Places where files of the repository would be handed out that nobody should be given."""
    found: dict[str, Exposure] = {}
    for path in tracked:
        if len(found) >= MOST_SUSPECTS:
            break
        if not SUSPECT.search(path) or HARMLESS.search(path) or not re.fullmatch(r"[\w./~ -]+", path, re.ASCII):
            continue
        at = "/" + ROOTS.sub("", path).replace(" ", "%20")
        for name, rule, sign, what, severity in KINDS:
            if name.search(path):
                found.setdefault(at, Exposure(at, rule, sign, what, severity, page=rule == "debugging"))
                break
    return tuple(found.values())
