"""A real EverShop 2.2.1 with its demo products, over a real PostgreSQL, at http://localhost on a port of its own.

with EverShop(folder) as shop:
    shop.url, shop.stock(SKU), shop.orders()

Cash on delivery, and one way to send to the United States for 5 dollars. `.ci/evershop/install` brings the programs.
"""

import json
import os
import pwd
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from maintainer.http_visit import free_port
from maintainer.process import minimal, run, started

ROOT = Path(__file__).parent.parent.parent
INSTALLED = ROOT / ".cache/evershop"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
EMAIL, PASSWORD = "ada@shop.example", "Ada-lovelace-1"
SKU = "CUP-001-WHT"
#: What EverShop's setup assistant asks a person for, in the tables it keeps it in.
SETTINGS = """
insert into shipping_zone (name) values ('United States');
insert into shipping_zone_country (zone_id, country) values (1, 'US');
insert into shipping_zone_provider (zone_id, provider_code) values (1, 'core');
insert into core_shipping_method (name) values ('Standard');
insert into core_shipping_method_rate (method_id, zone_id, cost) values (1, 1, 5);
insert into setting (name, value) values ('codPaymentStatus', '1'), ('codDisplayName', 'Cash on delivery');
"""


class EverShop:
    """The shop, while it is entered: at `url`, run by EMAIL with PASSWORD. `folder` keeps its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._database = free_port()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        subprocess.run(["bash", ROOT / ".ci/evershop/install"], check=True)
        with ExitStack() as stack:
            self._start_database(stack)
            # What it reads once, when it starts: so it is there before, by a first start that makes the tables.
            with self._serving():
                self._must("seed", "--all")
                self._must("user:create", "--email", EMAIL, "--password", PASSWORD, "--name", "Ada")
                self.sql(SETTINGS)
            stack.enter_context(self._serving())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def stock(self, sku: str = SKU) -> int:
        """How many of a product can be sold."""
        question = "select qty from product_inventory join product on product_id = product_inventory_product_id"
        return int(self.sql(f"{question} where sku = '{sku}'"))

    def orders(self) -> list[tuple[str, str, str]]:
        """Each order's number, status and total."""
        rows = self.sql('select order_number, status, grand_total from "order" order by order_id').splitlines()
        return [(number, status, total) for number, status, total in (row.split("|") for row in rows)]

    def sql(self, words: str) -> str:
        """What the database answers, a row a line, columns between bars."""
        argv = [str(POSTGRES / "psql"), "-h", "127.0.0.1", "-p", str(self._database), "-U", "shop", "-qAt", "shop"]
        done = subprocess.run(argv, input=words, capture_output=True, text=True, check=True)
        return str(done.stdout).strip()

    def _environment(self) -> Mapping[str, str]:
        secrets = {
            f"JWT_{who}_{kind}": f"{who}-{kind}-0123456789-0123456789-0123456789"
            for who in ("ADMIN", "CUSTOMER")
            for kind in ("SECRET", "REFRESH_SECRET")
        }
        return minimal(
            {"PATH": os.environ["PATH"]},
            HOME=str(self.folder),
            DB_HOST="127.0.0.1",
            DB_PORT=str(self._database),
            DB_NAME="shop",
            DB_USER="shop",
            DB_PASSWORD="",
            DB_SSLMODE="disable",
            PORT=self.url.rpartition(":")[2],
            **secrets,
        )

    def _must(self, *words: str) -> None:
        argv = ["node", "node_modules/@evershop/evershop/dist/bin/evershop.js", *words]
        done = run(argv, cwd=INSTALLED, environment=self._environment(), seconds=120)
        assert done.code == 0, (words, (done.out + done.err)[-2000:])

    def _serving(self) -> ExitStack:
        """The shop at a port of its own, once it answers."""
        self.url = f"http://localhost:{free_port()}"
        (INSTALLED / "config").mkdir(exist_ok=True)
        (INSTALLED / "config/default.json").write_text(
            json.dumps({"shop": {"homeUrl": self.url, "currency": "USD", "language": "en"}})
        )
        stack = ExitStack()
        argv = ["node", "node_modules/@evershop/evershop/dist/bin/evershop.js", "start"]
        log = self.folder / "shop.log"
        stack.enter_context(started(argv, cwd=INSTALLED, environment=self._environment(), log=log))
        for _ in range(240):
            answered = subprocess.run(["curl", "-sf", "-o", "/dev/null", self.url], check=False)
            if answered.returncode == 0:
                return stack
            time.sleep(0.25)
        stack.close()
        raise AssertionError(log.read_text()[-2000:])

    def _start_database(self, stack: ExitStack) -> None:
        """PostgreSQL refuses to run as root: then it runs as its own user, in a folder of its own."""
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="postgres-")))
        user = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            user = ["runuser", "-u", "postgres", "--"]
        data = folder / "data"
        within = [*user, str(POSTGRES / "initdb"), "-D", str(data), "-U", "shop", "-A", "trust", "--no-sync"]
        subprocess.run(within, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        options = f"-p {self._database} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [*user, str(POSTGRES / "pg_ctl"), "-D", str(data), "-l", str(folder / "log")]
        subprocess.run([*control, "-o", options, "-w", "start"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        stop = [*control, "-m", "immediate", "stop"]
        stack.callback(subprocess.run, stop, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        create = [str(POSTGRES / "createdb"), "-h", "127.0.0.1", "-p", str(self._database), "-U", "shop", "shop"]
        subprocess.run(create, check=True)
