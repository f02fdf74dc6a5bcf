"""`maintainer fleet plan | run | status`: many sites, one central policy, and the CI as the engine."""

import argparse

from maintainer.commands import fleet_plan, fleet_run, fleet_status
from maintainer.commands.context import Context


def main(context: Context, args: argparse.Namespace) -> int:
    """Hand over to the verb; raises ConfigurationError for an inventory that can't be used."""
    verbs = {"plan": fleet_plan.main, "run": fleet_run.main, "status": fleet_status.main}
    return verbs[args.verb](context, args)
